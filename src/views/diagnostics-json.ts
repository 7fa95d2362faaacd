import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json.js";

/** The result of `validate` in the shape of `terraform validate -json`, with our `code` and `help` beside. */
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

/** One problem in that shape. */
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
          snippet: {
            context: null,
            code: sourceLine ?? "",
            start_line: range.start.line,
            highlight_start_offset: range.start.column - 1,
            highlight_end_offset:
              range.end.line === range.start.line ? range.end.column - 1 : (sourceLine ?? "").length,
            values: [],
          },
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

function positionToJson({
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
