import { stripVTControlCharacters } from "node:util";
import { eastAsianWidth } from "get-east-asian-width";
import { lazyPattern } from "../../core/lazy-pattern.js";

const wideEmoji = lazyPattern(String.raw`\p{Emoji_Presentation}|\ufe0f`, "u");

/** Returns the columns that one grapheme takes in a terminal: emojis take two, whatever their first character takes. */
function graphemeWidth(grapheme: string): number {
  return wideEmoji().test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

const onlyAscii = /^[\u0020-\u007e]*$/;

/** Matches ASCII text except its last character, which later characters may combine with; else non-ASCII text behind at most one ASCII character. */
const runs = /[ -~]+(?=[ -~])|[ -~]?[^ -~]+|[ -~]/g;

/** Yields the characters of a text as readers see them. */
function* graphemes(text: string): Generator<string> {
  for (const [run] of text.matchAll(runs)) {
    if (onlyAscii.test(run)) yield* run;
    else yield* segments(run);
  }
}

let segmenter: Intl.Segmenter | undefined;

/** UTF-16 units per call of the segmenter, whose time grows with the square of the length. */
const partLength = 256;

function* segments(text: string): Generator<string> {
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

/** Returns the columns that text takes in a terminal. Colours take none. */
export function displayWidth(text: string): number {
  const plain = text.includes("\u001b") ? stripVTControlCharacters(text) : text;
  if (onlyAscii.test(plain)) return plain.length;
  let columns = 0;
  for (const grapheme of graphemes(plain)) columns += graphemeWidth(grapheme);
  return columns;
}

/** Returns the text, cut to fit in `columns`; a cut text ends with …. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let used = 0;
  let result = "";
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > columns - 1) break;
    result += grapheme;
  }
  return `${result}…`;
}

/** Stands for a space at which no line is broken. Text that is shown holds no control characters. */
const noBreak = "\u0000";

/** Returns text that `wrapped` keeps on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(" ", noBreak);
}

/** A command or an option behind a colon, up to a punctuation mark that ends one of its words. */
const command = /(?<=: )(?:chatform|--[\w-]+)(?: (?:'[^']*'|\\.|[^\s'])+(?<![.,;]))*(?=[.,;]?(?:\s|$))/g;
const quotation = /(?<!\S)\(?"[^"\n]*"/g;

/** Returns text in which commands, and quotations that fit on a line, are not broken. */
function keepWhole(text: string, available: number): string {
  const quoted = text.replaceAll(quotation, (all) => (displayWidth(all) <= available ? unbroken(all) : all));
  return quoted.replaceAll(command, unbroken);
}

/**
 * Returns text in lines of at most `width` columns, broken between words, but neither in commands nor in quotations. A longer word or
 * command has a line of its own, so that it can be copied; so has an indented line, which is YAML.
 */
export function wrapped(text: string, indent: string, width: number): readonly string[] {
  const available = Math.max(20, width - indent.length);
  return text.split("\n").flatMap((paragraph) => {
    if (paragraph.startsWith("  ")) return [indent + paragraph];
    const lines: string[] = [];
    let line = "";
    let used = 0;
    for (const part of keepWhole(paragraph, available).split(" ")) {
      const word = part.replaceAll(noBreak, " ");
      const columns = displayWidth(word);
      if (line !== "" && used + 1 + columns > available) {
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
