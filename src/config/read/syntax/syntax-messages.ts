import type { Problem } from "../../problem.js";
import type { Span } from "../source.js";
import {
  anotherKey,
  blockHeader,
  firstCharacter,
  lineWithoutKey,
  restOfLine,
  restOfScalar,
  unevenLine,
} from "./line-messages.js";
import { toReference } from "../../variables/other-references.js";
import { unknownTag, wrongTag } from "../value-messages.js";

/** An error of the parser that recovers from errors (`yaml`). */
export interface ParserError {
  /** One of `mappedCodes`, or another one. */
  readonly code: string;
  readonly message: string;
  readonly pos: Span;
  /** The whole file. */
  readonly text: string;
  /** True within brackets. */
  readonly isFlow: boolean;
}

/** A syntax error to show. The code is `yaml-syntax`, and the summary says that the file is invalid, if not given. */
export interface SyntaxProblem extends Partial<Problem> {
  readonly detail: string;
  readonly help: string;
  readonly at: Span;
  /** True if the rest of the file can be read when the text at `at` is replaced. */
  readonly isLocal?: true;
}

/** The codes of the parser's errors that have a text of their own here. */
export const mappedCodes = [
  "BAD_DQ_ESCAPE",
  "BAD_INDENT",
  "BAD_SCALAR_START",
  "BLOCK_AS_IMPLICIT_KEY",
  "BLOCK_IN_FLOW",
  "MISSING_CHAR",
  "MULTILINE_IMPLICIT_KEY",
  "MULTIPLE_DOCS",
  "TAB_AS_INDENT",
  "TAG_RESOLVE_FAILED",
  "UNEXPECTED_TOKEN",
] as const;

/**
 * Explains an error of the parser.
 *
 * @param opening offset of the quote or bracket that the error reports as unclosed
 * @returns undefined for an error that does not matter in a config
 */
export function explainError(error: ParserError, opening: number | undefined): SyntaxProblem | undefined {
  const { pos: at } = error;
  if (opening !== undefined) return unclosed(error, opening);
  switch (error.code as (typeof mappedCodes)[number]) {
    case "MULTIPLE_DOCS":
      return { ...severalDocuments, at };
    case "TAG_RESOLVE_FAILED":
      return unresolvedTag(error);
    case "BAD_INDENT":
      return indentation(error);
    case "TAB_AS_INDENT":
      return {
        detail: "This line is indented with a tab, which YAML does not allow.",
        help: "Indent the line with spaces.",
        at,
      };
    case "BAD_DQ_ESCAPE":
      return badEscape(error);
    case "BAD_SCALAR_START":
      return { ...firstCharacter(error), at, isLocal: true };
    case "MULTILINE_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW": {
      const first = firstLine(error);
      return error.isFlow
        ? missingComma("A comma is missing here.", [first[1], first[1]])
        : { ...lineWithoutKey(error, first), at: first };
    }
    case "BLOCK_AS_IMPLICIT_KEY":
      return anotherKey(error);
    case "MISSING_CHAR":
      return missingCharacter(error);
    case "UNEXPECTED_TOKEN":
      return unexpectedToken(error);
    default:
      return /^(?:Anchor|Alias) cannot be an empty string/.test(error.message)
        ? { ...firstCharacter(error), at: restOfLine(error) }
        : inParserWords(error);
  }
}

const severalDocuments = {
  code: "several-documents",
  summary: "Several documents in one file",
  detail: "A second YAML document begins here.",
  help: "Put each document into its own file.",
} as const;

/** A character that YAML does not allow. */
export function refusedCharacter(text: string, at: number): SyntaxProblem {
  const code = text.charCodeAt(at);
  const hex = code.toString(16).toUpperCase();
  return {
    summary: "Character not allowed in YAML",
    detail: `The character U+${hex.padStart(4, "0")} is not allowed here.`,
    help: `Remove the character, or write it in double quotes as ${code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex}`}.`,
    at: [at, at + 1],
    isLocal: true,
  };
}

/** An error that only the parser of the config reports. @param at its offset; undefined for several documents */
export function unexplained(text: string, at: number | undefined): SyntaxProblem {
  if (at === undefined) return { ...severalDocuments, at: [0, 0] };
  return {
    detail: "The text at this place is not valid.",
    help: "Check the quotes, brackets, colons and indentation at this place and before it.",
    at: restOfLine({ text, pos: [at, at] }),
  };
}

function unresolvedTag(error: ParserError): SyntaxProblem {
  const tag = tokenAt(error);
  const isKnown = /^!!(?:str|int|float|bool|null|map|seq)$/.test(tag);
  const value = restOfScalar(error).slice(tag.length).trim();
  return { ...(isKnown ? wrongTag(tag) : unknownTag(tag, value)), at: error.pos, isLocal: true };
}

function unclosed({ text }: ParserError, opening: number): SyntaxProblem {
  const open = text.slice(opening, opening + 1);
  const close = open === "[" ? "]" : open === "{" ? "}" : open;
  const comment = close === open ? undefined : /\s#[^\n]*/.exec(text.slice(opening))?.[0];
  if (comment?.includes(close) === true)
    return {
      detail: `The closing ${close} of this bracket is in a comment: a # after a space begins one.`,
      help: `Put text with # in quotes, or write the ${close} on the next line.`,
      at: [opening, opening + 1],
    };
  return {
    detail: `This ${close === open ? "quote" : "bracket"} is not closed, or its content is not indented far enough.`,
    help: `Add the closing ${close}.`,
    at: [opening, opening + 1],
  };
}

function indentation(error: ParserError): SyntaxProblem | undefined {
  // A bracket that closes in the column of its key: every parser understands it.
  if (error.message.startsWith("Flow end indicator")) return undefined;
  const [start] = error.pos;
  const spaces = /^[ \t]*/.exec(error.text.slice(start))?.[0].length ?? 0;
  return unevenLine(error.text, restOfLine({ ...error, pos: [start + spaces, start + spaces] }));
}

function badEscape({ text, pos: [start, end] }: ParserError): SyntaxProblem {
  const escape = text.slice(start, Math.max(end, start + 2));
  return {
    detail: `${escape} is not an escape sequence of double quotes.`,
    help: "Write \\\\ for a backslash, or put the text in single quotes.",
    at: [start, start + escape.length],
    isLocal: true,
  };
}

function missingComma(detail: string, at: Span): SyntaxProblem {
  return { detail, help: "Separate items with commas. Put text with : or # in quotes.", at };
}

function missingCharacter(error: ParserError): SyntaxProblem {
  const variable = unquotedVariable(error);
  if (variable !== undefined) return variable;
  if (error.message.startsWith("Missing ,"))
    return missingComma("A comma is missing before this item.", error.pos);
  if (error.message.startsWith("Sequence item without")) return itemWithoutHyphen(error);
  if (error.message.startsWith("Implicit map keys"))
    return { ...lineWithoutKey(error, error.pos), at: error.pos };
  return inParserWords(error);
}

/** A line between the column of a hyphen and that of the text behind it. */
function itemWithoutHyphen({ text, pos: [start] }: ParserError): SyntaxProblem {
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0;
  return unevenLine(text, restOfLine({ text, pos: [start + indent, start + indent] }));
}

/** `[${var:NAME}]`: within brackets the brace of a reference begins a mapping. */
function unquotedVariable({ text, pos: [start] }: ParserError): SyntaxProblem | undefined {
  if (text.slice(start - 1, start + 1) !== "${") return undefined;
  const from = text.slice(start - 2, start) === "$$" ? start - 2 : start - 1;
  const reference = /^\$+\{(?:\{[^}\n]*\}|[^}\n]*)\}?/.exec(text.slice(from))?.[0] ?? "${";
  const to = from + reference.length;
  // The text around the reference belongs to the same value, a key before it does not.
  const before =
    /[^"'[\]{},\n]*$/
      .exec(text.slice(0, from))?.[0]
      .replace(/^.*:\s+/, "")
      .trimStart() ?? "";
  const after = /^[^"'[\]{},\n]*/.exec(text.slice(to))?.[0].trimEnd() ?? "";
  return {
    detail: "Within [ ] and { }, a reference to a variable needs quotes.",
    help: `Write "${before}${isReference(reference) ? reference : (toReference(reference.slice(2))?.reference ?? reference)}${after}".`,
    at: [from, to],
  };
}

/** Returns true for a reference of chatform, false for those of other tools. */
function isReference(written: string): boolean {
  return /^\$+\{(?:(?:var|env):|each\.)[^{}]*\}?$/.test(written);
}

function unexpectedToken(error: ParserError): SyntaxProblem {
  const { message, pos, text } = error;
  const variable = unquotedVariable(error);
  if (variable !== undefined) return variable;
  if (message.startsWith("Sequence item without")) return itemWithoutHyphen(error);
  if (/^Unexpected flow-(?:map|seq)-end/.test(message)) {
    const bracket = tokenAt(error).slice(0, 1);
    const open = bracket === "]" ? "[" : "{";
    return {
      detail: `This ${bracket} has no opening ${open}.`,
      help: `Remove the ${bracket}, or add the ${open}.`,
      at: pos,
    };
  }
  if (message.startsWith("Unexpected ,"))
    return {
      detail: "There is no item before this comma.",
      help: "Remove the comma, or write the item before it.",
      at: pos,
    };
  if (message.startsWith("Not a YAML token")) {
    const header = /[|>][-+\d]*[ \t]*$/.exec(text.slice(0, pos[0]))?.[0].length ?? 0;
    return blockHeader({ ...error, pos: [pos[0] - header, pos[1]] });
  }
  const isFirst = /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, pos[0] - 200), pos[0]));
  if (isAfterEnd(message) || (isFirst && message.endsWith("at node end"))) {
    const help = "Begin the line in the same column as the lines above, or close the quote or bracket above.";
    return { detail: "This line does not continue the value above.", help, at: restOfLine(error) };
  }
  if (/^Unexpected (?:double-quoted-|single-quoted-)?scalar at node end/.test(message)) {
    const alias = /[\s,[{]\*\S*\s+$/.exec(text.slice(0, pos[0]));
    if (alias !== null) {
      const start = alias.index + 1;
      const whole = { ...error, pos: [start, start] } as const;
      return { ...firstCharacter(whole), at: restOfLine(whole) };
    }
    const help = text.slice(0, pos[0]).endsWith("'")
      ? "Within single quotes, write a quote twice: ''."
      : "Put the whole text into one pair of quotes, or remove the rest.";
    return { detail: "There is more text after the end of the value.", help, at: restOfLine(error) };
  }
  if (message.startsWith("Block scalar header")) return blockHeader(error);
  if (message.startsWith("Unexpected block-seq-ind")) {
    const help = `Begin the list on the next line, or write [one, two]. For text, put it in quotes: ${JSON.stringify(restOfScalar(error))}.`;
    return {
      detail: "A list with hyphens cannot begin on the line of its key.",
      help,
      at: restOfLine(error),
    };
  }
  return inParserWords(error);
}

/** Returns true for the parser's message that the document has ended already; from there on every line gets it. */
export function isAfterEnd(message: string): boolean {
  return /^Unexpected \S+ token in YAML stream/.test(message);
}

function inParserWords({ message, pos }: ParserError): SyntaxProblem {
  return {
    detail: message.replace(/\s*\n[\s\S]*$/, "").replace(/\.?$/, "."),
    help: "Check the quotes, brackets and colons at this place and before it.",
    at: pos,
  };
}

function firstLine({ text, pos: [start, end] }: ParserError): Span {
  const lineEnd = text.slice(start, end).search(/\s*\n/);
  return [start, lineEnd < 0 ? end : start + lineEnd];
}

/** Returns the word at the place of an error. */
function tokenAt({ text, pos: [start] }: ParserError): string {
  return /^\S*/.exec(text.slice(start, start + 200))?.[0] ?? "";
}
