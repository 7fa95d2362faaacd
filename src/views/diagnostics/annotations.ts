import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import { firstDiagnostics } from "./diagnostics-text.js";
import { safe, safeLine } from "../../core/safe-text.js";
import type { PathOf } from "../source-locations.js";

/**
 * Problems as commands to GitHub, a line each, which it shows at their lines in a pull request. They may stand in stdout
 * and in stderr.
 *
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderAnnotations(diagnostics: readonly Diagnostic[], pathOf: PathOf): string {
  return firstDiagnostics(diagnostics)
    .shown.map((one) => `${annotation(one, pathOf)}\n`)
    .join("");
}

function annotation(
  { severity, code, summary, detail, help, range, address }: Diagnostic,
  pathOf: PathOf,
): string {
  const place = range === undefined ? [] : placed(range, pathOf);
  const properties = [...place, ["title", `${safeLine(summary)} (${code})`]]
    .map(([name, value = ""]) => `${name ?? ""}=${escapeProperty(value)}`)
    .join(",");
  const where = range === undefined && address !== undefined ? `In ${address}:` : undefined;
  const text = [where, detail ?? summary, help].filter((part) => part !== undefined).join(" ");
  return `::${severity} ${properties}::${escapeData(safe(text))}`;
}

/** GitHub takes columns only of a place within one line. */
function placed({ file, start, end }: SourceRange, pathOf: PathOf): readonly (readonly string[])[] {
  // A place that ends before the first character of a line ends with the line before.
  const endLine = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  return [
    ["file", pathOf(file)],
    ["line", String(start.line)],
    ["endLine", String(endLine)],
    ...(endLine === start.line ? [["col", String(start.column)]] : []),
  ];
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
