import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { diagnosticCodes } from "../../../src/core/diagnostic-codes.js";

const root = new URL("../../../", import.meta.url);
const page = await readFile(new URL("docs/diagnostics.md", root), "utf8");
/** The cells of each row about a code, without the marks of markdown. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map(plain),
  );

function plain(cell: string): string {
  return cell
    .trim()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll("\\|", "|");
}

describe("docs/diagnostics.md", () => {
  it("lists each code once, in the order and with the meaning of the table in the source", () => {
    expect(rows.map(([code, meaning]) => [code, meaning])).toEqual(Object.entries(diagnosticCodes));
  });

  it("tells for each code what to do", () => {
    for (const row of rows) expect(row.at(-1), row[0]).not.toBe("");
  });
});

describe("the table of codes", () => {
  it("has only codes that the source reports", async () => {
    const names = await readdir(new URL("src/", root), { recursive: true });
    // The emulator sends the codes of the service.
    const own = names.filter((name) => name.endsWith(".ts") && !/^emulator|diagnostic-codes/.test(name));
    const texts = await Promise.all(own.map((name) => readFile(new URL(`src/${name}`, root), "utf8")));
    const source = texts.join("\n");
    // Those of the platform reach chatform in responses.
    const unused = Object.keys(diagnosticCodes).filter((code) => !source.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });
});
