import type { Diagnostic } from "../../core/diagnostic.js";
import type { Line, Segment } from "../text/line.js";
import { blank, indented, line, paint, paragraph } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { frameLines } from "./frame.js";

export interface DiagnosticsOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
}

/** Returns problems as people read them: summary, place (the line with carets), detail and help. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  { style, width }: DiagnosticsOptions,
): string {
  const { shown, more } = firstDiagnostics(diagnostics);
  const rest = more === "" ? [] : [line(`${more} chatform validate --report json=FILE lists all.`), blank];
  return paint([...shown.flatMap((one) => [...diagnosticLines(one, width), blank]), ...rest], style);
}

/** Problems that are shown at once: nobody reads more, and terminals and CI logs can't take them. */
const maxShown = 100;

/**
 * Returns the first problems, errors before warnings if there are too many, and the count of the others: "" or
 * `… and 19,900 more problems.`
 */
export function firstDiagnostics(diagnostics: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly more: string;
} {
  if (diagnostics.length <= maxShown) return { shown: diagnostics, more: "" };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const warnings = diagnostics.filter(({ severity }) => severity !== "error");
  const more = `… and ${count(diagnostics.length - maxShown, "more problem", "more problems")}.`;
  return { shown: [...errors, ...warnings].slice(0, maxShown), more };
}

/** Returns `3 errors and 1 warning in 2 files`. */
export function summarizeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const files = new Set(diagnostics.flatMap(({ range }) => range?.file ?? [])).size;
  const parts = [
    ...(errors > 0 ? [count(errors, "error")] : []),
    ...(warnings > 0 ? [count(warnings, "warning")] : []),
  ];
  return `${parts.join(" and ")}${files > 0 ? ` in ${count(files, "file")}` : ""}`;
}

const titles: Readonly<Record<Diagnostic["severity"], Segment>> = {
  error: ["boldRed", "Error:"],
  warning: ["boldYellow", "Warning:"],
};

/** Returns a problem as lines. */
function diagnosticLines(diagnostic: Diagnostic, width: number): readonly Line[] {
  const { severity, code, summary, detail, help, range, sourceLine, related = [], address } = diagnostic;
  const ink = severity === "error" ? "red" : "yellow";
  const place =
    range !== undefined
      ? frameLines(range, sourceLine, { ink, width })
      : address !== undefined
        ? indented([line(["cyan", "in"], ` ${safeLine(address)}`)], 2)
        : [];
  return [
    line(titles[severity], " ", ["bold", safeLine(summary)], " ", ["dim", `(${code})`]),
    ...place,
    ...(detail === undefined ? [] : paragraph(safe(detail), { width, indent: 2 })),
    ...related.flatMap((one) =>
      frameLines(one.range, one.sourceLine, { label: one.label, ink: "cyan", width }),
    ),
    ...(help === undefined ? [] : paragraph(safe(help), { width, indent: 2, label: [["cyan", "help:"]] })),
  ];
}
