import { firstIndex } from "../../core/first-index.js";
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

/** A file's text, in which spans become lines and columns. */
export class Source {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly text: string;
  readonly #bytesBefore: number;
  readonly #isAscii: boolean;
  /** The starts of all lines, in UTF-16 code units. Made for the first place. */
  #starts: readonly number[] | undefined;
  /** The bytes before each piece of the text. Made for the first place in a text that is not ASCII. */
  #bytesBeforePieces: readonly number[] | undefined;

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
    const [lineStart, next] = this.#lineStarts.slice(first.line - 1, first.line + 1);
    const line = this.text.slice(lineStart, next === undefined ? undefined : next - 1);
    const last = Math.max(start, Math.min(end, this.text.length));
    return {
      range: { file: this.file, start: first, end: this.#position(last) },
      sourceLine: line.endsWith("\r") ? line.slice(0, -1) : line,
    };
  }

  #position(at: number): SourceRange["start"] {
    const line = firstIndex(this.#lineStarts, (start) => start > at);
    const column = at - (this.#lineStarts[line - 1] ?? 0) + 1;
    return { line, column, offset: this.#bytesBefore + (this.#isAscii ? at : this.#byteOffset(at)) };
  }

  get #lineStarts(): readonly number[] {
    return (this.#starts ??= lineStarts(this.text));
  }

  /** Returns an offset in bytes. All of a file may stand on one line: only its last piece is counted for each place. */
  #byteOffset(at: number): number {
    this.#bytesBeforePieces ??= bytesBeforePieces(this.text);
    const piece = Math.floor(at / pieceLength);
    const before = this.#bytesBeforePieces[piece] ?? 0;
    return before + Buffer.byteLength(this.text.slice(pieceStart(this.text, piece), at));
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let next = text.indexOf("\n") + 1; next > 0; next = text.indexOf("\n", next) + 1) starts.push(next);
  return starts;
}

/** The length of a piece, in UTF-16 code units. */
const pieceLength = 1024;

/** Returns the start of a piece: never within a character. */
function pieceStart(text: string, piece: number): number {
  const start = piece * pieceLength;
  return /[\uDC00-\uDFFF]/.test(text.charAt(start)) ? start - 1 : start;
}

function bytesBeforePieces(text: string): readonly number[] {
  let bytes = 0;
  return Array.from({ length: Math.floor(text.length / pieceLength) + 1 }, (_none, piece) => {
    if (piece > 0)
      bytes += Buffer.byteLength(text.slice(pieceStart(text, piece - 1), pieceStart(text, piece)));
    return bytes;
  });
}

/** Returns true if only blanks stand before an offset in its line. A file may be one long line: only the blanks are read. */
export function beginsLine(text: string, offset: number): boolean {
  let at = offset;
  while (text[at - 1] === " " || text[at - 1] === "\t") at--;
  return at === 0 || text[at - 1] === "\n";
}

/** Returns a text that is equal for places that begin at the same character of a file. */
export function startKey({ file, start }: SourceRange): string {
  return `${start.offset} ${file}`;
}

/** Returns the `startKey` of each place. Made once for all files: thousands of them may have problems. */
export function startKeys(places: Iterable<{ readonly range?: SourceRange }>): ReadonlySet<string> {
  return new Set([...places].flatMap(({ range }) => (range === undefined ? [] : [startKey(range)])));
}
