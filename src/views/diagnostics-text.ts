import type { Diagnostic, SourceRange } from "../core/diagnostic.js";
import type { Styles } from "./terminal.js";
import { count, safe, safeLine } from "./terminal.js";

export interface DiagnosticsOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
}

/** Problems as people read them: what, where (with the line and a caret under the place), and what to do. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticsOptions): string {
  return diagnostics.map((one) => `${renderDiagnostic(one, options)}\n`).join("");
}

/** `3 errors and 1 warning in 2 files` */
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

/** The place, its line, and carets under it. Long lines are shown around the place. */
function frame(
  range: SourceRange,
  sourceLine: string | undefined,
  label: string,
  paint: (text: string) => string,
  { style, width }: DiagnosticsOptions,
): readonly string[] {
  const { file, start, end } = range;
  const at = `  ${style.cyan("-->")} ${safeLine(file)}:${start.line}:${start.column}`;
  if (sourceLine === undefined || sourceLine === "") return [label === "" ? at : `${at} ${label}`];
  const gutter = String(start.line);
  const room = Math.max(20, width - gutter.length - 6);
  const from = Math.max(0, start.column - 1 - Math.floor(room / 2));
  const before = shown(sourceLine.slice(from, start.column - 1));
  const length =
    end.line === start.line ? Math.max(1, end.column - start.column) : sourceLine.length - start.column + 1;
  const marked = shown(sourceLine.slice(start.column - 1, start.column - 1 + length));
  const after = shown(sourceLine.slice(start.column - 1 + length, from + room));
  const offset = (from > 0 ? 1 : 0) + columnsOf(before);
  const carets = "^".repeat(Math.max(1, Math.min(columnsOf(marked), room - offset)));
  const text = `${from > 0 ? "…" : ""}${before}${marked}${after}`.slice(0, room);
  const bar = style.dim("|");
  const pad = " ".repeat(gutter.length);
  return [
    at,
    ` ${pad} ${bar}`,
    ` ${style.dim(gutter)} ${bar} ${text}`,
    ` ${pad} ${bar} ${" ".repeat(offset)}${paint(carets)}${label === "" ? "" : ` ${paint(label)}`}`,
  ];
}

function shown(text: string): string {
  return safe(text.replaceAll("\t", "    "));
}

/** Columns that text takes in a terminal: East Asian wide characters and emojis take two. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return columns;
}

/** Text in lines of at most `width` characters, broken between words. */
export function wrapped(text: string, indent: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && indent.length + line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(indent + line);
  }
  return lines;
}
