import type { Document, LineCounter, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { SourceRange } from "../../core/diagnostic.js";
import type { Aliases } from "./aliases.js";

/** A file that was parsed, to find places in. */
export interface Source {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  /** Bytes of the file before the text: 3 with a byte order mark, else 0. */
  readonly skipped: number;
  readonly document: Document.Parsed;
  readonly aliases: Aliases;
}

/** A place in a file, with the line to show. */
export interface Place {
  readonly range: SourceRange;
  readonly sourceLine: string;
}

/** What is needed of a file to tell places in it. */
type Written = Pick<Source, "file" | "text" | "lines" | "skipped">;

/** The place between two offsets into the text. */
export function placeAt(source: Written, start: number, end: number): Place {
  const { file, text } = source;
  const first = position(source, start);
  const lineStart = start - (first.column - 1);
  const lineEnd = text.indexOf("\n", lineStart);
  const written = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  const last = Math.max(start, Math.min(end, text.length));
  return {
    range: { file, start: first, end: position(source, last) },
    sourceLine: written.endsWith("\r") ? written.slice(0, -1) : written,
  };
}

function position(source: Written, at: number): SourceRange["start"] {
  const { line, col } = source.lines.linePos(at);
  const { text, skipped } = source;
  const lineStart = at - Math.max(0, col - 1);
  const offset =
    skipped + (lineOffsets(source)[line - 1] ?? 0) + Buffer.byteLength(text.slice(lineStart, at));
  // Before the first line of an empty file the counter says 0.
  return { line: Math.max(1, line), column: Math.max(1, col), offset };
}

/** Bytes before each line, by file. */
const counted = new WeakMap<LineCounter, readonly number[]>();

function lineOffsets({ text, lines }: Written): readonly number[] {
  const known = counted.get(lines);
  if (known !== undefined) return known;
  let offset = 0;
  const offsets = lines.lineStarts.map((start, at) => {
    const before = offset;
    offset += Buffer.byteLength(text.slice(start, lines.lineStarts[at + 1]));
    return before;
  });
  counted.set(lines, offsets);
  return offsets;
}

/**
 * The place of a value, or of its name; where it is not in the file, of what it would be in.
 *
 * @param path member names and array positions from the top
 */
export function placeOf(source: Source, path: readonly string[], atKey: boolean): Place {
  let node: unknown = source.document.contents;
  let range = rangeOf(node) ?? [0, 0];
  for (const [depth, token] of path.entries()) {
    const next = child(source.aliases, node, token);
    if (next === undefined) break;
    const isLast = depth === path.length - 1;
    const key = rangeOf(next.key);
    const value = rangeOf(next.value);
    range = (isLast && !atKey ? (nonEmpty(value) ?? key) : (key ?? value)) ?? range;
    if (isLast) break;
    node = next.value;
  }
  return placeAt(source, range[0], range[1]);
}

function child(
  aliases: Aliases,
  parent: unknown,
  token: string,
): { key: unknown; value: unknown } | undefined {
  const node = isAlias(parent) ? aliases.get(parent) : parent;
  if (isMap(node)) {
    return pairsOf(node).get(token);
  }
  if (isSeq(node)) {
    const item = node.items[Number(token)];
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  return undefined;
}

/** Pairs by name, by block: looking through all of a large block for each of its problems would take its square. */
const named = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = named.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
    // The first counts: what stands twice is a problem of its own.
    if (name !== undefined && !pairs.has(name)) pairs.set(name, pair);
  }
  named.set(map, pairs);
  return pairs;
}

/** Start and end of a node, without the white space behind it. */
function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (!isNode(node) || node.range === null || node.range === undefined) return undefined;
  return [node.range[0], node.range[1]];
}

function nonEmpty(range: readonly [number, number] | undefined): readonly [number, number] | undefined {
  return range === undefined || range[0] === range[1] ? undefined : range;
}
