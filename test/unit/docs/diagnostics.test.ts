import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const kebab = "[a-z]+(?:-[a-z0-9]+)*";

/** The forms in which the source gives a diagnostic or finding its code. */
const forms = [
  // code: "a", code = "a", code: x ? "a" : "b", code: "a" | "b"
  new RegExp(String.raw`\bcode(?:: | = )(?:[\w. =]+ \? )?"(${kebab})"(?:(?: : | \| )"(${kebab})")?`, "g"),
  // A failed call with a code of chatform: code: "a.b"
  /\bcode: "((?!bad\.)[a-z]+(?:\.[a-z]+)+)"/g,
  // problem("a", …), this.#nothing(node, at, "a", …), whole(file, "a", …)
  new RegExp(String.raw`\b(?:problem|nothing|whole)\(\s*(?:[\w.#]+,\s*)*"(${kebab})"`, "g"),
];
const unionOf = (type: string): RegExp => new RegExp(String.raw`type ${type} =([^;]*);`);

async function source(): Promise<readonly string[]> {
  const names = await readdir(new URL("src/", root), { recursive: true });
  // The emulator uses the codes of the service.
  const own = names.filter((name) => name.endsWith(".ts") && !name.startsWith("emulator"));
  return Promise.all(own.map((name) => readFile(new URL(`src/${name}`, root), "utf8")));
}

function codesIn(text: string): readonly string[] {
  const written = forms.flatMap((form) =>
    [...text.matchAll(form)].flatMap(([, one, other]) => [one ?? [], other ?? []].flat()),
  );
  const unions = ["StateErrorCode", "NetworkErrorCode"].flatMap((type) =>
    [...(unionOf(type).exec(text)?.[1] ?? "").matchAll(/\| "([^"]+)"|^ "([^"]+)"/g)].map(
      ([, one, other]) => one ?? other ?? "",
    ),
  );
  return [...written, ...unions];
}

async function documented(): Promise<readonly string[]> {
  const text = await readFile(new URL("docs/diagnostics.md", root), "utf8");
  return [...text.matchAll(/^\| `([^`]+)` *\|/gm)].map(([, code = ""]) => code);
}

describe("docs/diagnostics.md", () => {
  it("lists each code once", async () => {
    const codes = await documented();

    expect(codes).toEqual([...new Set(codes)]);
    expect(codes.length).toBeGreaterThan(80);
  });

  it("lists the same codes as the source", async () => {
    const inSource = new Set((await source()).flatMap(codesIn));
    // The codes of the platform's responses are not diagnostics.
    const own = (await documented()).filter((code) => !code.startsWith("bad."));

    expect([...inSource].sort()).toEqual([...own].sort());
  });

  it("has a meaning and a next step for each code", async () => {
    const text = await readFile(new URL("docs/diagnostics.md", root), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    for (const row of rows) {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect([cells[2], cells.at(-2)], row).not.toContain("");
    }
  });
});
