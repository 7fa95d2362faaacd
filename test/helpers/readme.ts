import { readFileSync, writeFileSync } from "node:fs";
import { isOperation, operation } from "../../src/api/operations/operations.js";
import type { Kind } from "../../src/core/kind/kind.js";

const file = new URL("../../README.md", import.meta.url);

export function readReadme(): string {
  return readFileSync(file, "utf8");
}

/** What stands between `<!-- name -->` and `<!-- /name -->`; with UPDATE_DOCS=1, `wanted` is put there first. */
export function part(name: string, wanted: string): string {
  const pattern = new RegExp(`(<!-- ${name} -->\\n)([^]*?)(<!-- /${name} -->)`);
  if (process.env["UPDATE_DOCS"] === "1") {
    const text = readReadme().replace(
      pattern,
      (_all, start: string, _old, end: string) => start + wanted + end,
    );
    writeFileSync(file, text);
  }
  return pattern.exec(readReadme())?.[2] ?? "";
}

/** Ids, ports and checksums differ from run to run, or from version to version. */
export function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\b[0-9a-f]{64}\b/g, "SHA");
}

/** The permissions that each kind needs, as a table. */
export function permissionsTable(kinds: readonly Kind[]): string {
  const rows = kinds.map(({ name, title, operations }) => [
    `\`${name}\``,
    title,
    permissionsOf(operations, true),
    permissionsOf(operations, false),
  ]);
  const all = [["Address", "What", "To plan", "To apply"], ...rows];
  const widths = all[0]!.map((_cell, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = all.map(line);
  return `\n${[head, rule, ...body].join("\n")}\n\n`;
}

function permissionsOf(names: readonly string[], reads: boolean): string {
  const cells = names
    .filter(isOperation)
    .map(operation)
    .filter(({ safety }) => (safety === "read") === reads)
    .map(({ permissions }) => permissions.filter((one) => one !== "chat:chat:access"))
    .filter((permissions) => permissions.length > 0)
    .map((permissions) => permissions.map((one) => `\`${one}\``).join(" or "));
  return cells.length === 0 ? "none" : [...new Set(cells)].sort().join(", ");
}
