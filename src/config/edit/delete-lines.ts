import type { Span } from "../read/source.js";
import { beginsLine } from "../read/source.js";

/** A part of a text to delete: a member of a list or mapping, or the comma beside it. */
export interface Piece {
  readonly at: Span;
  /** E-mail and id of the person, in lower case: a comment above that names nobody else goes too. */
  readonly names: readonly string[];
}

/** The blocks of a mapping, of which pieces are deleted. */
export interface Blocks {
  /** The start of the first block; undefined if no block is left. */
  readonly first: number | undefined;
  /** True if a text in a block may include the empty lines behind it (`|+`). */
  readonly endsWithLines: boolean;
}

/**
 * Returns the parts of a text to delete with these pieces, in order. Where a line holds nothing else, the whole line is
 * deleted, with the comment behind the piece; elsewhere the piece and the white space on one side of it.
 *
 * @param blocks given for blocks: the empty lines that separated a block from its neighbours are deleted on one side
 */
export function deletedParts(text: string, pieces: readonly Piece[], blocks?: Blocks): readonly Span[] {
  const parts = joinPieces(text, pieces).map((piece): Part => {
    const lines = wholeLines(text, piece);
    return { at: lines ?? withinLine(text, piece.at), from: piece.at[0], isLines: lines !== undefined };
  });
  return joinLines(text, parts, blocks !== undefined).map(({ at, from, isLines }) => {
    if (!isLines) return at;
    if (blocks === undefined) return withLineBreakBefore(text, at);
    return withEmptyLines(text, at, blocks, from === blocks.first);
  });
}

interface Part {
  readonly at: Span;
  /** The start of the first piece in it. */
  readonly from: number;
  readonly isLines: boolean;
}

/** Joins lines that follow each other; for blocks, also with empty lines between them. */
function joinLines(text: string, parts: readonly Part[], isBlocks: boolean): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const between = last === undefined ? "" : text.slice(last.at[1], part.at[0]);
    const follows = between === "" || (isBlocks && isBlank(between));
    if (last?.isLines === true && part.isLines && follows)
      joined.splice(-1, 1, { ...last, at: [last.at[0], part.at[1]] });
    else joined.push(part);
  }
  return joined;
}

/** Joins pieces with nothing but white space, but no empty line, between them; a comma only with a piece on the same line. */
function joinPieces(text: string, pieces: readonly Piece[]): readonly Piece[] {
  const joined: { at: Span; readonly names: string[] }[] = [];
  for (const { at, names } of pieces.toSorted((a, b) => a.at[0] - b.at[0])) {
    const last = joined.at(-1);
    const between = last === undefined ? "x" : text.slice(last.at[1], at[0]);
    const lines = between.split("\n").length;
    if (last !== undefined && isBlank(between) && lines <= (last.names.length === 0 ? 1 : 2)) {
      last.at = [last.at[0], at[1]];
      for (const name of names) last.names.push(name);
    } else joined.push({ at, names: [...names] });
  }
  return joined;
}

/** Returns the whole lines of a piece, if they hold nothing else. */
function wholeLines(text: string, { at: [from, to], names }: Piece): Span | undefined {
  if (!beginsLine(text, from)) return undefined;
  const end = lineEnd(text, to);
  if (!/^[ \t]*(?:#[^\r\n]*)?\r?\n?$/.test(text.slice(to, end))) return undefined;
  const start = lineStart(text, from);
  return [aboveComment(text, start, from - start, names), end];
}

/** At the end of a file without a line break there, the line break before the piece is deleted instead. */
function withLineBreakBefore(text: string, [start, end]: Span): Span {
  if (end < text.length || text.endsWith("\n") || start === 0) return [start, end];
  return [start - (text.charAt(start - 2) === "\r" ? 2 : 1), end];
}

function withEmptyLines(text: string, [start, end]: Span, blocks: Blocks, isFirst: boolean): Span {
  const before = blocks.endsWithLines ? start : emptyLinesBefore(text, start);
  const isSeparated = isFirst || before < start || blocks.endsWithLines;
  const behind = isSeparated ? emptyLinesBehind(text, end) : end;
  return behind === text.length ? withLineBreakBefore(text, [before, behind]) : [start, behind];
}

/**
 * Returns the start of the comment lines above a line, if they name the person and nobody else, else the line's start.
 *
 * @param indent of the line: a comment in another column belongs to something else
 */
function aboveComment(text: string, start: number, indent: number, names: readonly string[]): number {
  let first = start;
  while (first > 0) {
    const above = lineStart(text, first - 1);
    if (text.slice(above, first).search(/\S/) !== indent || text.charAt(above + indent) !== "#") break;
    first = above;
  }
  const comment = text.slice(first, start).toLowerCase();
  const people: readonly string[] =
    comment.match(/[^\s@<>()[\]{}"'`,;:#]+@[^\s@<>()[\]{}"'`,;:#]*[^\s@<>()[\]{}"'`,;:#.!?]/g) ?? [];
  const isTheirs = names.some((name) =>
    name.includes("@") ? people.includes(name) : comment.includes(name),
  );
  return isTheirs && people.every((person) => names.includes(person)) ? first : start;
}

/** Deletes the white space behind a piece; in front of it where the line or the brackets end behind the piece. */
function withinLine(text: string, [from, to]: Span): Span {
  const blanks = /[ \t]*/y;
  blanks.lastIndex = to;
  blanks.test(text);
  const behind = blanks.lastIndex;
  const next = text.charAt(behind);
  const isFirst = beginsLine(text, from);
  if (isFirst && /[\]}]/.test(next)) {
    const end = contentEnd(text, from);
    // A bracket behind a comment would be part of the comment.
    if (!/(?:^|\s)#/.test(text.slice(lineStart(text, end), end))) return [end, to];
  }
  return isFirst || !/[\s#\]}]/.test(next) ? [from, behind] : [contentEnd(text, from), to];
}

/** Returns the end of what stands before the white space in front of an offset. */
function contentEnd(text: string, at: number): number {
  let end = at;
  while (end > 0 && isBlank(text.charAt(end - 1))) end--;
  return end;
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** Returns the start of the next line, or the end of the text. */
function lineEnd(text: string, at: number): number {
  return text.indexOf("\n", at) + 1 || text.length;
}

function emptyLinesBefore(text: string, start: number): number {
  let first = start;
  while (first > 0 && isBlank(text.slice(lineStart(text, first - 1), first - 1)))
    first = lineStart(text, first - 1);
  return first;
}

function emptyLinesBehind(text: string, end: number): number {
  let last = end;
  while (last < text.length && isBlank(text.slice(last, lineEnd(text, last)))) last = lineEnd(text, last);
  return last;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
