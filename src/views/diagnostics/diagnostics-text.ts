import type { Diagnostic } from "../../core/diagnostic.js";
import { groupBy } from "../../core/multimap.js";
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

/**
 * Returns problems as people read them: summary, place (the line with carets), detail and help. Those that say the same of several
 * places stand once.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  { style, width }: DiagnosticsOptions,
): string {
  const repeated = groupBy(diagnostics, sameText);
  const { shown, more } = firstDiagnostics([...repeated.values()].flatMap(([first]) => first ?? []));
  const rest = more === "" ? [] : [line(`${more} With --report json=FILE, the report lists all.`), blank];
  const lines = shown.flatMap((one) => {
    const [, ...others] = repeated.get(sameText(one)) ?? [];
    return [...diagnosticLines(one, otherPlaces(others), width), blank];
  });
  return paint([...lines, ...rest], style);
}

/** Returns what problems of several places have in common; the problem itself if it stands for itself. */
function sameText(problem: Diagnostic): Diagnostic | string {
  const { severity, code, summary, detail, help, range, related = [] } = problem;
  if (range === undefined || related.length > 0) return problem;
  return JSON.stringify([severity, code, summary, detail, help]);
}

/** Returns the places of problems by file: `rooms.yaml:3:5, 9:5; teams.yaml:2:1`. */
function otherPlaces(problems: readonly Diagnostic[]): string {
  const ranges = problems.flatMap(({ range }) => range ?? []);
  const files = groupBy(ranges.slice(0, maxShown), ({ file }) => file);
  const more = ranges.length > maxShown ? ` and ${count(ranges.length - maxShown, "more place")}` : "";
  const places = [...files].map(
    ([file, ofFile]) =>
      `${safeLine(file)}:${ofFile.map(({ start }) => `${start.line}:${start.column}`).join(", ")}`,
  );
  return places.join("; ") + more;
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
function diagnosticLines(diagnostic: Diagnostic, elsewhere: string, width: number): readonly Line[] {
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
    ...(elsewhere === "" ? [] : paragraph(elsewhere, { width, indent: 2, label: [["cyan", "also at:"]] })),
    ...related.flatMap((one) =>
      frameLines(one.range, one.sourceLine, { label: one.label, ink: "cyan", width }),
    ),
    ...(help === undefined ? [] : paragraph(safe(help), { width, indent: 2, label: [["cyan", "help:"]] })),
  ];
}
