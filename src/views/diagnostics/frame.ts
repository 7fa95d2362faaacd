import type { SourceRange } from "../../core/diagnostic.js";
import type { Ink, Line, Segment } from "../text/line.js";
import { indented, line } from "../text/line.js";
import { escaped, safeLine } from "../../core/safe-text.js";
import { displayWidth, cutTo } from "../text/wrap.js";

export interface FrameOptions {
  /** Text behind the carets; missing: none. */
  readonly label?: string;
  /** Of the carets and the label. */
  readonly ink: Ink;
  /** Of the output, in columns. */
  readonly width: number;
}

/** Returns a place in a file as lines: file, line and column, the source line, and carets below. Long lines are cut around the place. */
export function frameLines(
  { file, start, end }: SourceRange,
  sourceLine: string | undefined,
  { label = "", ink, width }: FrameOptions,
): readonly Line[] {
  const place: readonly Segment[] = [["cyan", "-->"], ` ${safeLine(file)}:${start.line}:${start.column}`];
  const source = sourceLine ?? "";
  if (source === "") return indented([line(...place, label === "" ? "" : ` ${safeLine(label)}`)], 2);
  const gutter = String(start.line);
  const room = Math.max(20, width - gutter.length - 4);
  const startAt = Math.min(start.column - 1, source.length);
  const last = end.line === start.line ? Math.max(startAt + 1, end.column - 1) : source.length;
  const endAt = Math.min(last, startAt + maxWidths * room);
  const from = windowStart(source, startAt, room);
  const before = `${from > 0 ? "…" : ""}${shown(source.slice(from, startAt))}`;
  const marked = shown(source.slice(startAt, endAt));
  const text = cutTo(`${before}${marked}${shown(source.slice(endAt, endAt + room))}`, room);
  const offset = displayWidth(before);
  const carets = "^".repeat(Math.max(1, Math.min(displayWidth(marked), room - offset)));
  const pad = " ".repeat(gutter.length);
  const bar: Segment = ["dim", "|"];
  const mark: readonly Segment[] =
    label === "" ? [[ink, carets]] : [[ink, carets], " ", [ink, safeLine(label)]];
  return [
    ...indented([line(...place)], 2),
    ...indented([line(`${pad} `, bar), line(["dim", gutter], " ", bar, ` ${text}`)], 1),
    ...indented([line(`${pad} `, bar, ` ${" ".repeat(offset)}`, ...mark)], 1),
  ];
}

/** Columns are measured only in text of at most so many times the available width: a line may be as long as a file. */
const maxWidths = 2;

/** Returns the start of the shown part of a line: the place is in its first half, and no character is split. */
function windowStart(source: string, startAt: number, room: number): number {
  const fits = (text: string, columns: number): boolean =>
    text.length <= maxWidths * room && displayWidth(shown(text)) <= columns;
  if (fits(source.slice(0, startAt + 1), Math.floor(room / 2)) || fits(source, room)) return 0;
  let from = Math.max(0, startAt - Math.floor(room / 2));
  // Escapes take more columns than the characters they stand for.
  while (from < startAt && displayWidth(shown(source.slice(from, startAt))) > Math.floor(room / 2)) from++;
  return /^[\udc00-\udfff]/.test(source.slice(from)) ? from + 1 : from;
}

function shown(text: string): string {
  return escaped(text.replaceAll("\t", "    "));
}
