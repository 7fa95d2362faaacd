import { readFileSync, writeFileSync } from "node:fs";
import { isOperation, operation } from "../../src/api/operations/operations.js";
import { getOperations } from "./kind-operations.js";
import type { Kind } from "../../src/core/kind/kind.js";

/** Reads a file of the repository, such as README.md. */
export function readDoc(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
}

/** Returns the text between `<!-- name -->` and `<!-- /name -->` of a file. UPDATE_DOCS=1 replaces it by `wanted` first. */
export function part(file: string, name: string, wanted: string): string {
  const pattern = new RegExp(`(<!-- ${name} -->\\n)([^]*?)(<!-- /${name} -->)`);
  if (process.env["UPDATE_DOCS"] === "1") {
    const text = readDoc(file).replace(
      pattern,
      (_all, start: string, _old, end: string) => start + wanted + end,
    );
    writeFileSync(new URL(`../../${file}`, import.meta.url), text);
  }
  return pattern.exec(readDoc(file))?.[2] ?? "";
}

/** Returns a text whose lines of progress are sorted where they follow each other: calls in flight at the same time end in any order. */
export function withSortedProgress(text: string): string {
  return text.replaceAll(
    /(?:^\S+: (?:creating|created|updating|updated|deleting|deleted)\b.*\n)+/gm,
    (lines) =>
      lines
        .split(/(?<=\n)/)
        .sort()
        .join(""),
  );
}

/** Replaces ids, ports and checksums, which differ from run to run or from version to version. */
export function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\b[0-9a-f]{64}\b/g, "SHA");
}

/** Returns a markdown table of the permissions that each kind needs. */
export function permissionsTable(kinds: readonly Kind[]): string {
  const rows = kinds.map(({ name, title }) => {
    const toPlan = getPermissions(getOperations(name), true);
    const toApply = getPermissions(getOperations(name), false).filter((cell) => !toPlan.includes(cell));
    return [`\`${name}\``, title, toPlan.join(", ") || "none", toApply.join(", ") || "none"];
  });
  return markdownTable([["Address", "Resource", "To plan", "To apply"], ...rows]);
}

/** Returns a markdown table as prettier formats it, between empty lines. @param all the rows, of which the first is the head */
export function markdownTable(all: readonly (readonly string[])[]): string {
  const widths = all[0]!.map((_cell, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = all.map(line);
  return `\n${[head, rule, ...body].join("\n")}\n\n`;
}

/** Returns what the operations need. Alternatives with a permission that is needed anyway are left out. */
function getPermissions(names: readonly string[], reads: boolean): readonly string[] {
  const needs = names
    .filter(isOperation)
    .map(operation)
    .filter(({ safety }) => (safety === "read") === reads)
    .map(({ permissions }) => permissions.filter((one) => one !== "chat:chat:access"))
    .filter((permissions) => permissions.length > 0);
  const required = new Set(needs.flatMap((permissions) => (permissions.length === 1 ? permissions : [])));
  const cells = needs
    .filter((permissions) => permissions.length === 1 || !permissions.some((one) => required.has(one)))
    .map((permissions) => permissions.map((one) => `\`${one}\``).join(" or "));
  return [...new Set(cells)].sort();
}
