import type { RelatedPlace, SourceRange } from "../../core/diagnostic.js";

/** A place in a file, with the line to show. */
export interface Place {
  readonly range: SourceRange;
  readonly sourceLine: string;
  /** The row that a block was written for. */
  readonly related?: readonly RelatedPlace[];
}

/** Start and end of a part of a text, in UTF-16 code units; the end is behind the last one. */
export type Span = readonly [start: number, end: number];

/** The start of a line: in UTF-16 code units of the text, and in bytes of the file. */
interface Line {
  readonly start: number;
  readonly offset: number;
}

/** A file's text, in which spans become lines and columns. */
export class Source {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly text: string;
  readonly #bytesBefore: number;
  #lines: readonly Line[] | undefined;

  /** @param bytesBefore bytes of the file before the text: 3 with a byte order mark, else 0 */
  constructor(file: string, text: string, bytesBefore = 0) {
    this.file = file;
    this.text = text;
    this.#bytesBefore = bytesBefore;
  }

  /** Returns the place of a span. Lines end with a line feed, as editors and git count them. */
  placeAt([start, end]: Span): Place {
    const first = this.#position(start);
    const lineStart = start - (first.column - 1);
    const lineEnd = this.text.indexOf("\n", lineStart);
    const line = this.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
    const last = Math.max(start, Math.min(end, this.text.length));
    return {
      range: { file: this.file, start: first, end: this.#position(last) },
      sourceLine: line.endsWith("\r") ? line.slice(0, -1) : line,
    };
  }

  #position(at: number): SourceRange["start"] {
    this.#lines ??= linesIn(this.text, this.#bytesBefore);
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle]?.start ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const { start, offset } = this.#lines[low] ?? { start: 0, offset: this.#bytesBefore };
    const bytes = Buffer.byteLength(this.text.slice(start, at));
    return { line: low + 1, column: at - start + 1, offset: offset + bytes };
  }
}

function linesIn(text: string, bytesBefore: number): readonly Line[] {
  const lines: Line[] = [];
  let offset = bytesBefore;
  for (let start = 0, next = 0; next >= 0; start = next) {
    lines.push({ start, offset });
    next = text.indexOf("\n", start) + 1 || -1;
    if (next >= 0) offset += Buffer.byteLength(text.slice(start, next));
  }
  return lines;
}
