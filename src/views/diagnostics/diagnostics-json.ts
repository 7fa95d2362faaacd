import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import type { JsonObject } from "../../core/json/json.js";

/** Returns diagnostics in the shape of `terraform validate -json`, with `code`, `help` and `related` added. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): JsonObject {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  return {
    format_version: "1.0",
    valid: errors === 0,
    error_count: errors,
    warning_count: diagnostics.length - errors,
    diagnostics: diagnostics.map(diagnosticToJson),
  };
}

/** Returns one diagnostic in that shape. */
export function diagnosticToJson(diagnostic: Diagnostic): JsonObject {
  const { severity, code, summary, detail, help, range, sourceLine, address, related } = diagnostic;
  return {
    severity,
    summary,
    detail: detail ?? "",
    ...(address === undefined ? {} : { address }),
    ...(range === undefined
      ? {}
      : {
          range: { filename: range.file, start: positionToJson(range.start), end: positionToJson(range.end) },
          snippet: toSnippet(range, sourceLine ?? ""),
        }),
    code,
    ...(help === undefined ? {} : { help }),
    ...(related === undefined
      ? {}
      : {
          related: related.map(({ range: at, label }) => ({
            label,
            filename: at.file,
            start: positionToJson(at.start),
            end: positionToJson(at.end),
          })),
        }),
  };
}

/** The longest snippet, in characters: a line may be as long as a file and have thousands of problems. */
const longestSnippet = 1000;

function toSnippet({ start, end }: SourceRange, line: string): JsonObject {
  const from = line.length > longestSnippet ? Math.max(0, start.column - 1 - longestSnippet / 2) : 0;
  const code = line.slice(from, from + longestSnippet);
  const last = end.line === start.line ? end.column - 1 - from : code.length;
  return {
    context: null,
    code,
    start_line: start.line,
    highlight_start_offset: start.column - 1 - from,
    highlight_end_offset: Math.min(last, code.length),
    values: [],
  };
}

/** Returns a position in that shape. */
export function positionToJson({
  line,
  column,
  offset,
}: {
  line: number;
  column: number;
  offset: number;
}): JsonObject {
  return { line, column, byte: offset };
}
