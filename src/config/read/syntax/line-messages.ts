import type { Span } from "../source.js";
import type { ParserError, SyntaxProblem } from "./syntax-messages.js";

const notAPair = {
  detail: "This is not a key with a value.",
  help: "Write key: value, with a space after the colon.",
};

/** A line that should be a pair. */
export function lineWithoutKey({ text, pos: [start] }: ParserError, at: Span): Omit<SyntaxProblem, "at"> {
  const before = text.slice(0, start);
  if (/(?:^|\n)[ \t]*-[ \t]+$/.test(before))
    return {
      detail: "The line below is indented further than this item, so YAML reads both as one key.",
      help: "Begin the line below in the column of the hyphens, or of the keys, that it belongs to.",
    };
  const [, indent, list] = /(?:^|\n)([ \t]*)([\w.-]+):[ \t]*\n[ \t]*$/.exec(before) ?? [];
  if (list !== undefined && before.endsWith(`\n${indent ?? ""}`))
    return {
      detail: `This line is neither a key with a value nor an item of ${list}.`,
      help: `For an item of ${list}, begin the line with a hyphen and a space. For a key, write key: value.`,
    };
  const key = /(?:^|\n)[ \t]*([^\n]*?):[ \t]*[|>][-+\d]*[ \t]*\s*$/.exec(text.slice(0, start))?.[1];
  if (key !== undefined)
    return {
      detail: `This line of the text is not indented further than ${key}.`,
      help: `Indent all lines of the text further than ${key}:, all by the same number of spaces.`,
    };
  const [line, name = "", rest = ""] = /^([\w.-]+)(?:：|\s*=)\s*(.*)$/.exec(text.slice(...at)) ?? [];
  return line === undefined
    ? notAPair
    : { ...notAPair, help: `Write a colon and a space: ${name}: ${rest}`.trim() };
}

/** A second colon in a line, or a line that is indented further than its neighbours. */
export function anotherKey(error: ParserError): SyntaxProblem {
  const { text, pos } = error;
  const at = restOfLine(error);
  const line = text.slice(...at);
  if (/^\s*-\s/.test(line)) return unevenLine(text, withoutIndent(error, at));
  if (/^\?\s/.test(line)) return { ...firstCharacter(error), at };
  if (/:(?:\s|$)/.test(line)) {
    const reference = /\$\{(\w+):[ \t]+([\w.-]+)\}/.exec(line);
    const written =
      reference === null
        ? line
        : line.replace(reference[0], `\${${reference[1] ?? ""}:${reference[2] ?? ""}}`);
    return {
      detail: "A colon and a space within text are read as another key.",
      help: `For text, put it in quotes: ${JSON.stringify(written)}. Write a second key on a new line, indented further.`,
      at,
    };
  }
  const next = text.indexOf("\n", pos[0]) + 1;
  const nextLine = withoutIndent(error, restOfLine({ text, pos: [next, next] }));
  if (isItem(text, nextLine)) return unevenLine(text, nextLine);
  return {
    detail: "This line is indented further than the key above, whose value is complete.",
    help: "Begin the line in the column of the key above.",
    at: nextLine,
  };
}

function withoutIndent({ text }: ParserError, [start, end]: Span): Span {
  const indent = /^[ \t]*/.exec(text.slice(start, end))?.[0].length ?? 0;
  return [start + indent, end];
}

/** Text that begins with a character that means something else in YAML. */
export function firstCharacter(error: ParserError): Omit<SyntaxProblem, "at"> {
  const written = restOfScalar(error);
  const first = written.slice(0, 1);
  const meaning: Readonly<Record<string, string>> = {
    "*": ": it begins an alias",
    "&": ": it begins an anchor",
    "?": " and a space: they begin a key",
    "|": ": it begins a text of several lines",
    ">": ": it begins a text of several lines",
  };
  return {
    detail: `Text without quotes cannot begin with ${first}${meaning[first] ?? ""}.`,
    help: `Put the text in quotes: ${JSON.stringify(written)}.`,
  };
}

/** Returns the text from the place of an error to the end of its value. */
export function restOfScalar({ text, isFlow, pos }: ParserError): string {
  const rest = text.slice(...restOfLine({ text, pos }));
  return isFlow ? rest.replace(/\s*[,\]}].*$/s, "") : rest;
}

/** A line whose column is neither that of a list nor that of a mapping around it. */
export function unevenLine(text: string, at: Span): SyntaxProblem {
  const detail = "This line is not indented like the other lines of its mapping or list.";
  const column = columnOf(text, at[0]);
  const above = itemAbove(text, at[0]);
  if (isItem(text, at)) return unevenItem(text, at, above, detail);
  const help =
    above === undefined || column < above
      ? "Begin the line in the same column as its neighbours."
      : `For another item, begin the line with a hyphen. ${helpForKey(text, at[0], above)}`;
  return { detail, help, at };
}

function unevenItem(text: string, at: Span, above: number | undefined, detail: string): SyntaxProblem {
  if (above !== undefined)
    return { detail, help: "Begin the hyphen in the column of the hyphens above.", at };
  const [key] = linesAbove(text, at[0]);
  const name = key && emptyKey.exec(key)?.[1];
  if (name === undefined)
    return {
      detail: "This item belongs to no list: no key above it begins one.",
      help: "Write the key of the list on the line above, without a value, or remove the hyphen.",
      at,
    };
  return {
    detail: `This item is further left than ${name}, the key of its list.`,
    help: `Begin the hyphen in the column of ${name}, or further right.`,
    at,
  };
}

/** Returns where a key below items belongs. @param above the column of their hyphens */
function helpForKey(text: string, start: number, above: number): string {
  const lines = linesAbove(text, start);
  const item = lines.find((line) => line.search(/\S/) === above) ?? "";
  if (/:(?:\s|$)/.test(item))
    return "For a key of the item above, begin the line in the column of the text behind the hyphen.";
  const key = lines.find((line) => line.search(/\S/) <= above && !/^\s*-/.test(line)) ?? "";
  const name = emptyKey.exec(key)?.[1];
  return name === undefined
    ? "For a key, begin the line in the column of the key of the list."
    : `For a key beside ${name}, begin the line in the column of ${name}.`;
}

/** A line with a key whose value has to be below it; within an item too. */
const emptyKey = /^\s*(?:-\s+)?([^\s:#][^:#]*):\s*(?:#.*)?$/;

function isItem(text: string, at: Span): boolean {
  return /^-(?:\s|$)/.test(text.slice(...at));
}

/** Returns the lines above an offset that hold more than a comment, the closest first. */
function linesAbove(text: string, start: number): readonly string[] {
  const lines = text.slice(0, start).split("\n").slice(0, -1).reverse();
  return lines.filter((line) => !/^\s*(?:#|$)/.test(line));
}

/** Returns the column of the closest item above a line that no key of a column further left separates from the line. */
function itemAbove(text: string, start: number): number | undefined {
  let least = Infinity;
  for (const line of linesAbove(text, start)) {
    const column = line.search(/\S/);
    if (line.charAt(column) === "-" && column <= least) return column;
    least = Math.min(least, column);
    if (column < columnOf(text, start)) return undefined;
  }
  return undefined;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

export function blockHeader(error: ParserError): SyntaxProblem {
  const help =
    "Begin the text on the next line, indented further than its key. For text in one line, put it in quotes.";
  return { detail: "The line of | or > cannot hold text.", help, at: restOfLine(error) };
}

/** Returns the span to the end of the line, without a comment. */
export function restOfLine({ text, pos: [start] }: Pick<ParserError, "text" | "pos">): Span {
  const lineEnd = text.indexOf("\n", start);
  const rest = text.slice(start, lineEnd < 0 ? undefined : lineEnd).replace(/\s+#.*$|\s+$/, "");
  return [start, start + rest.length];
}
