import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Loaded } from "../../../src/config/load.js";
import { loadDesired } from "../../../src/config/load.js";
import type { Diagnostic, RelatedPlace, SourceRange } from "../../../src/core/diagnostic.js";
import { kinds } from "../../../src/resources/index.js";
import { renderDiagnostics } from "../../../src/views/diagnostics/diagnostics-text.js";
import { styles } from "../../../src/views/text/terminal.js";

/**
 * Every file (or folder of files) in test/config-errors is broken. `NAME.expected` beside it says how: a line for each
 * problem with its code and place, then what people see. `vitest -u` writes these files anew: read the difference.
 */
const folder = fileURLToPath(new URL("../../config-errors/", import.meta.url));
const entries = (await readdir(folder)).sort();
const cases = entries.filter((name) => !name.endsWith(".expected"));
const expectedFile = (name: string): string => `${name.replace(/\.\w+$/, "")}.expected`;

describe("the files of test/config-errors", () => {
  it("are many, and each has what is expected of it", () => {
    expect(cases.length).toBeGreaterThanOrEqual(70);
    expect(cases.map(expectedFile)).toEqual(entries.filter((name) => name.endsWith(".expected")));
  });

  it.each(cases)("%s", async (name) => {
    const { diagnostics } = await load(name);
    const frames = renderDiagnostics(diagnostics, { style: styles(false), width: 80 });

    expect(diagnostics.filter(({ severity }) => severity === "error")).not.toEqual([]);
    expect(looksLikeStackTrace(frames)).toBe(false);
    for (const diagnostic of diagnostics) expectHelpful(diagnostic);
    await expect(`${diagnostics.map(toLine).join("\n")}\n\n${frames}`).toMatchFileSnapshot(
      folder + expectedFile(name),
    );
  });
});

async function load(name: string): Promise<Loaded> {
  return loadDesired({
    paths: [name],
    vars: ["domain=example.com", "days=5"],
    varFiles: [],
    env: {},
    cwd: folder,
    kinds,
  });
}

/** `unknown-key 3:5-3:11 room.yaml` */
function toLine({ code, range, related = [] }: Diagnostic): string {
  return [code, toPlace(range), ...related.map((one: RelatedPlace) => `(${toPlace(one.range)})`)].join(" ");
}

function toPlace(range: SourceRange | undefined): string {
  if (range === undefined) return "nowhere";
  const { file, start, end } = range;
  return `${start.line}:${start.column}-${end.line}:${end.column} ${basename(file)}`;
}

/** Each has a place that exists, and says what is wrong and what to do. */
function expectHelpful({ range, detail, help, summary }: Diagnostic): void {
  expect(range?.start.line).toBeGreaterThan(0);
  expect(range?.start.column).toBeGreaterThan(0);
  expect(range?.end.offset).toBeGreaterThanOrEqual(range?.start.offset ?? 0);
  expect(summary).not.toMatch(/\.$/);
  expect(detail).toMatch(/\.$/);
  expect(help).toMatch(/[.?]$/);
}

function looksLikeStackTrace(text: string): boolean {
  return /^\s+at .*(?::\d+:\d+|<anonymous>)|\b(?:node_modules|node:internal|(?:Type|Range|Reference|Internal)Error)\b/m.test(
    text,
  );
}
