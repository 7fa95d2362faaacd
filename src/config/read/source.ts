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

/** The starts of all lines: in UTF-16 code units of the text, and in bytes of the file. */
interface Lines {
  readonly starts: readonly number[];
  /** Missing if the text is ASCII: then each code unit is a byte. */
  readonly offsets?: readonly number[];
}

/** A file's text, in which spans become lines and columns. */
export class Source {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly text: string;
  readonly #bytesBefore: number;
  readonly #isAscii: boolean;
  #lines: Lines | undefined;

  /** @param size of the file in bytes, with a byte order mark */
  constructor(file: string, text: string, size: number) {
    const bytes = Buffer.byteLength(text);
    this.file = file;
    this.text = text;
    this.#bytesBefore = size - bytes;
    this.#isAscii = bytes === text.length;
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
    this.#lines ??= linesIn(this.text, this.#isAscii);
    const { starts, offsets } = this.#lines;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    const bytes =
      offsets === undefined ? at : (offsets[low] ?? 0) + Buffer.byteLength(this.text.slice(start, at));
    return { line: low + 1, column: at - start + 1, offset: this.#bytesBefore + bytes };
  }
}

function linesIn(text: string, isAscii: boolean): Lines {
  const starts = [0];
  for (let next = text.indexOf("\n") + 1; next > 0; next = text.indexOf("\n", next) + 1) starts.push(next);
  if (isAscii) return { starts };
  let offset = 0;
  const offsets = starts.map((start, line) => {
    offset += Buffer.byteLength(text.slice(starts[line - 1] ?? 0, start));
    return offset;
  });
  return { starts, offsets };
}
