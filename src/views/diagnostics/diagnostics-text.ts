import type { Diagnostic } from "../../core/diagnostic.js";
import type { Styles } from "../text/terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { frame } from "./frame.js";
import { wrapped } from "../text/wrap.js";

export interface DiagnosticsOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
}

/** Returns problems as people read them: summary, place (the line with carets), detail and help. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticsOptions): string {
  const { shown, more } = firstDiagnostics(diagnostics);
  const rest = more === "" ? "" : `${more} chatform validate --report json=FILE lists all.\n\n`;
  return shown.map((one) => `${renderDiagnostic(one, options)}\n`).join("") + rest;
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

function renderDiagnostic(diagnostic: Diagnostic, options: DiagnosticsOptions): string {
  const { severity, code, summary, detail, help, range, sourceLine, related = [], address } = diagnostic;
  const { style } = options;
  const paint = severity === "error" ? style.red : style.yellow;
  const title = severity === "error" ? "Error" : "Warning";
  const lines = [
    `${paint(style.bold(`${title}:`))} ${style.bold(safeLine(summary))} ${style.dim(`(${code})`)}`,
  ];
  if (range !== undefined) lines.push(...frame(range, sourceLine, "", paint, options));
  else if (address !== undefined) lines.push(`  ${style.cyan("in")} ${safeLine(address)}`);
  if (detail !== undefined) lines.push(...wrapped(safe(detail), "  ", options.width));
  for (const place of related)
    lines.push(...frame(place.range, place.sourceLine, place.label, style.cyan, options));
  if (help !== undefined) lines.push(...wrapped(`${style.cyan("help:")} ${safe(help)}`, "  ", options.width));
  return `${lines.join("\n")}\n`;
}
