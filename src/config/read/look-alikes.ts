import type { Problem } from "../problem.js";

/** A character in the place of one that YAML knows. */
export interface LookAlike {
  readonly problem: Problem;
  /** Offset in the text. */
  readonly at: number;
}

const spaces = "\\u00A0\\u1680\\u2000-\\u200A\\u202F\\u205F\\u3000";
const invisible = "\\u00AD\\u200B-\\u200F\\u2060\\uFEFF";
const atEnds = new RegExp(`^[${spaces}${invisible}]|[${spaces}${invisible}]$`, "u");
const anywhere = new RegExp(`[${spaces}${invisible}]`, "u");
/** A key or a hyphen, and a space that YAML does not know. */
const afterMark = new RegExp(`(?:^|\\n)[ \\t]*(?:-|[\\w.-]+:)([${spaces}])`, "u");
const hyphen = new RegExp(`^[‐-―−•‣◦▪●·][ ${spaces}]`, "u");
const colon = /^[\w.-]+(：|﹕|꞉)/;
const quotes = /^([“”„«‘‚‹])([^“”„«»‚‹›]*)([”“»’‘›])$/su;

/**
 * Finds a character in text without quotes that looks like one of YAML, as word processors and web pages write them.
 *
 * @param beginsLine true if only white space stands before the text in its line
 */
export function findLookAlike(text: string, beginsLine: boolean): LookAlike | undefined {
  if (isAscii(text)) return undefined;
  const end = atEnds.exec(text);
  if (end !== null) return { problem: otherSpace(end[0]), at: end.index };
  const wrapped = quotes.exec(text);
  if (wrapped !== null) return { problem: otherQuotes(wrapped), at: 0 };
  if (!beginsLine) return undefined;
  const [mark, space] = afterMark.exec(text) ?? [];
  if (mark !== undefined && space !== undefined)
    return { problem: otherSpace(space), at: text.indexOf(mark) + mark.length - 1 };
  if (hyphen.test(text)) return { problem: otherHyphen(text), at: 0 };
  const [key, other] = colon.exec(text) ?? [];
  return key === undefined || other === undefined
    ? undefined
    : { problem: otherColon(key, other), at: key.length - 1 };
}

/** Finds such a character in a key without quotes. */
export function findLookAlikeInKey(text: string): LookAlike | undefined {
  if (isAscii(text)) return undefined;
  const space = anywhere.exec(text);
  return space === null ? findLookAlike(text, false) : { problem: otherSpace(space[0]), at: space.index };
}

/** Most texts are: the other expressions are slow. */
function isAscii(text: string): boolean {
  return /^[\0-\x7F]*$/.test(text);
}

const lookAlike = { code: "look-alike", summary: "Look-alike character" } as const;

function otherSpace(character: string): Problem {
  const isSpace = new RegExp(`[${spaces}]`, "u").test(character);
  return {
    ...lookAlike,
    detail: isSpace
      ? `This is not a space but U+${hexOf(character)}, which YAML reads as part of the text.`
      : `The invisible character U+${hexOf(character)} is part of the text here.`,
    help: isSpace ? "Write an ordinary space." : "Remove the character.",
  };
}

function otherQuotes([text, open = "", inner = "", close = ""]: RegExpExecArray): Problem {
  return {
    ...lookAlike,
    detail: `${open} and ${close} are part of the text: YAML knows only the straight quotes " and '.`,
    help: `Write ${JSON.stringify(inner)}. For text with these quotes, write ${JSON.stringify(text)}.`,
  };
}

function otherHyphen(text: string): Problem {
  const [first = "", ...rest] = text;
  const item = /.*/.exec(rest.join("").trim())?.[0] ?? "";
  return {
    ...lookAlike,
    detail: `${first} (U+${hexOf(first)}) is not the hyphen that begins an item of a list.`,
    help: `Write a hyphen and a space: - ${item}`,
  };
}

function otherColon(key: string, character: string): Problem {
  return {
    ...lookAlike,
    detail: `${character} (U+${hexOf(character)}) is not the colon that ends a key.`,
    help: `Write a colon and a space: ${key.slice(0, -1)}: VALUE`,
  };
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
