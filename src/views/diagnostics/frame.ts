import type { SourceRange } from "../../core/diagnostic.js";
import type { Styles } from "../text/terminal.js";
import { escaped, safeLine } from "../../core/safe-text.js";
import { displayWidth, cutTo } from "../text/wrap.js";

export interface FrameOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
}

/**
 * Returns a place in a file as lines: file, line and column, the source line, and carets below. Long lines are cut around the place.
 *
 * @param label text behind the carets; "" for none
 * @param paint colours the carets
 */
export function frame(
  { file, start, end }: SourceRange,
  sourceLine: string | undefined,
  label: string,
  paint: (text: string) => string,
  { style, width }: FrameOptions,
): readonly string[] {
  const at = `  ${style.cyan("-->")} ${safeLine(file)}:${start.line}:${start.column}`;
  const line = sourceLine ?? "";
  if (line === "") return [label === "" ? at : `${at} ${safeLine(label)}`];
  const gutter = String(start.line);
  const room = Math.max(20, width - gutter.length - 4);
  const startAt = Math.min(start.column - 1, line.length);
  const last = end.line === start.line ? Math.max(startAt + 1, end.column - 1) : line.length;
  const endAt = Math.min(last, startAt + maxWidths * room);
  const from = windowStart(line, startAt, room);
  const before = `${from > 0 ? "…" : ""}${shown(line.slice(from, startAt))}`;
  const marked = shown(line.slice(startAt, endAt));
  const text = cutTo(`${before}${marked}${shown(line.slice(endAt, endAt + room))}`, room);
  const offset = displayWidth(before);
  const carets = "^".repeat(Math.max(1, Math.min(displayWidth(marked), room - offset)));
  const bar = style.dim("|");
  const pad = " ".repeat(gutter.length);
  return [
    at,
    ` ${pad} ${bar}`,
    ` ${style.dim(gutter)} ${bar} ${text}`,
    ` ${pad} ${bar} ${" ".repeat(offset)}${paint(carets)}${label === "" ? "" : ` ${paint(safeLine(label))}`}`,
  ];
}

/** Columns are measured only in text of at most so many times the available width: a line may be as long as a file. */
const maxWidths = 2;

/** Returns the start of the shown part of a line: the place is in its first half, and no character is split. */
function windowStart(line: string, startAt: number, room: number): number {
  const fits = (text: string, columns: number): boolean =>
    text.length <= maxWidths * room && displayWidth(shown(text)) <= columns;
  if (fits(line.slice(0, startAt + 1), Math.floor(room / 2)) || fits(line, room)) return 0;
  let from = Math.max(0, startAt - Math.floor(room / 2));
  // Escapes take more columns than the characters they stand for.
  while (from < startAt && displayWidth(shown(line.slice(from, startAt))) > Math.floor(room / 2)) from++;
  return /^[\udc00-\udfff]/.test(line.slice(from)) ? from + 1 : from;
}

function shown(text: string): string {
  return escaped(text.replaceAll("\t", "    "));
}
