import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import { firstDiagnostics } from "./diagnostics-text.js";
import { safe, safeLine } from "../../core/safe-text.js";
import type { ToReportPath } from "../source-locations.js";

/**
 * Returns problems as workflow commands, a line each. GitHub reads them in stdout and stderr, and shows them in the pull request.
 *
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderAnnotations(diagnostics: readonly Diagnostic[], toReportPath: ToReportPath): string {
  return firstDiagnostics(diagnostics)
    .shown.map((one) => `${annotation(one, toReportPath)}\n`)
    .join("");
}

function annotation(
  { severity, code, summary, detail, help, range, address, related = [] }: Diagnostic,
  toReportPath: ToReportPath,
): string {
  const place = range === undefined ? [] : placeProperties(range, toReportPath);
  const properties = [...place, ["title", `${safeLine(summary)} (${code})`]]
    .map(([name, value = ""]) => `${name ?? ""}=${escapeProperty(value)}`)
    .join(",");
  const location = range === undefined && address !== undefined ? `In ${address}:` : undefined;
  const others = related.map(
    (one) => `(${one.label}: ${toReportPath(one.range.file)}:${one.range.start.line})`,
  );
  const text = [location, detail ?? summary, ...others, help].filter((part) => part !== undefined).join(" ");
  return `::${severity} ${properties}::${escapeData(safe(text))}`;
}

/** Returns the properties of a place. GitHub accepts columns only for a place within one line. */
function placeProperties(
  { file, start, end }: SourceRange,
  toReportPath: ToReportPath,
): readonly (readonly string[])[] {
  // A place that ends before the first character of a line ends with the line before.
  const endLine = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  return [
    ["file", toReportPath(file)],
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
