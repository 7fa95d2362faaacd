import { stripVTControlCharacters } from "node:util";

const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}]/u;

/** Columns that one grapheme takes in a terminal: East Asian wide characters and emojis take two. */
function columnsOfGrapheme(grapheme: string): number {
  return wide.test(grapheme) ? 2 : 1;
}

const onlyAscii = /^[\u0020-\u007e]*$/;

/** Plain characters but for the last, which others may belong to; or one at most, and others. */
const runs = /[ -~]+(?=[ -~])|[ -~]?[^ -~]+|[ -~]/g;

/** What a reader takes for the characters of a text. */
function* graphemesOf(text: string): Generator<string> {
  for (const [run] of text.matchAll(runs)) {
    if (onlyAscii.test(run)) yield* run;
    else yield* segmentsOf(run);
  }
}

let segmenter: Intl.Segmenter | undefined;

/** Characters that the segmenter is given at once: the time that it takes grows with the square of their number. */
const partLength = 256;

function* segmentsOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (let from = 0; from < text.length;) {
    const found = Array.from(
      segmenter.segment(text.slice(from, from + partLength)),
      ({ segment }) => segment,
    );
    // The last may go on in the next part.
    const isOpen = from + partLength < text.length && found.length > 1;
    for (const segment of isOpen ? found.slice(0, -1) : found) {
      from += segment.length;
      yield segment;
    }
  }
}

/** Columns that text takes in a terminal. Our own colours take none. */
export function columnsOf(text: string): number {
  const plain = text.includes("\u001b") ? stripVTControlCharacters(text) : text;
  if (onlyAscii.test(plain)) return plain.length;
  let columns = 0;
  for (const grapheme of graphemesOf(plain)) columns += columnsOfGrapheme(grapheme);
  return columns;
}

/** The longest beginning of text that fits in `columns`, ended with … where something is cut off. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let used = 0;
  let result = "";
  for (const grapheme of graphemesOf(text)) {
    used += columnsOfGrapheme(grapheme);
    if (used > columns - 1) break;
    result += grapheme;
  }
  return `${result}…`;
}

/** Text in lines of at most `width` columns, broken between words; a word that is longer stands alone. */
export function wrapped(text: string, indent: string, width: number): readonly string[] {
  const room = Math.max(20, width - indent.length);
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    let used = 0;
    for (const word of paragraph.split(" ")) {
      const columns = columnsOf(word);
      if (line !== "" && used + 1 + columns > room) {
        lines.push(indent + line);
        line = word;
        used = columns;
      } else {
        line = line === "" ? word : `${line} ${word}`;
        used += columns + (line === word ? 0 : 1);
      }
    }
    lines.push(line === "" ? "" : indent + line);
    return lines;
  });
}
