import type { Event } from "js-yaml";
import { EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { nextTurn } from "../../core/time/turns.js";
import type { Problem } from "../problem.js";
import { rowsMember } from "../templates/row.js";
import { decode } from "./decode.js";
import { maxDepth } from "./depth.js";
import type { Place, Span } from "./source.js";
import { Source } from "./source.js";
import { toStrictText } from "./strict-text.js";
import type { AmbiguousText } from "./reader-findings.js";
import type { Rewritten } from "./value-reader.js";
import { ValueReader } from "./value-reader.js";

/** A file as plain data; null in the place of values that could not be read. References to variables are kept as they are. */
export interface YamlContent {
  readonly file: string;
  readonly value: Json;
  /** False if no text of the file refers to a variable, or looks like a template of another tool. */
  readonly mayRefer: boolean;
  /** False if no block of the file is written for rows. */
  readonly mayRepeat: boolean;
  /** Pointers of values that could not be read. */
  readonly unresolved: ReadonlySet<string>;
  /** Pointers of mappings that lack a key because it could not be read. */
  readonly partial: ReadonlySet<string>;
  /** Texts without quotes that some readers take for something else; of values, only those that are text here. */
  readonly ambiguous: readonly AmbiguousText[];
  /** Numbers that as a text would be another one, such as 0123 and 1.10: they matter only where they become part of a text. */
  readonly respelled: readonly AmbiguousText[];
  /**
   * Parses the file again, into events with offsets into the text: an edit of the file builds its syntax tree from them. They take
   * more memory than the values.
   */
  readonly parse: () => readonly Event[];
  /** If there is no such value: the place of the innermost value around it. */
  readonly placeOf: PlaceOf;
  /**
   * Returns a function for the parts of a text or key, in order. It returns the place of a part; of the whole text if the part looks
   * different in the file, as folded lines do.
   */
  readonly placeWithin: (path: readonly string[], atKey: boolean) => (part: TextPart) => Place;
}

/** Returns the place of a value, or of its key: member names and list positions from the top of the file. */
export type PlaceOf = (path: readonly string[], atKey: boolean) => Place;

/** A part of a text that is searched for in the file. */
export interface TextPart {
  readonly text: string;
  /** The number of equal parts before it. */
  readonly skip: number;
}

/** A file's content, and its problems. */
export interface YamlRead {
  /** Missing if the file could not be understood. */
  readonly content?: YamlContent;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a file's bytes: YAML 1.2, of which JSON is a part. Never throws for what a user wrote. */
export async function readYaml(file: string, bytes: Uint8Array): Promise<YamlRead> {
  const { text, problem } = decode(file, bytes);
  if (problem !== undefined) return { diagnostics: [problem] };
  const source = new Source(file, text, bytes.length);
  if (!text.includes("\n") && text.slice(0, -1).includes("\r"))
    return { diagnostics: [{ severity: "error", ...carriageReturnsOnly, ...source.placeAt([0, 0]) }] };
  const read = await readText(source, text);
  if (read.diagnostics !== undefined) return read;
  // The parser that explains errors takes time to load: it is loaded only for a file with an error.
  const { explainSyntax } = await import("./syntax/explain-syntax.js");
  const { diagnostics, repairs } = explainSyntax(source, read.errorAt);
  if (repairs.length === 0) return { diagnostics };
  const rest = await readText(source, repaired(text, repairs), repairs);
  return rest.diagnostics === undefined
    ? { diagnostics }
    : { ...rest, diagnostics: [...diagnostics, ...rest.diagnostics] };
}

/** A text that can't be parsed: the offset of the first error; undefined if the text holds several documents. */
interface Unreadable {
  readonly errorAt: number | undefined;
  readonly diagnostics?: never;
}

async function readText(
  source: Source,
  text: string,
  repairs: readonly Span[] = [],
): Promise<YamlRead | Unreadable> {
  const events = parse(text);
  await nextTurn(undefined);
  if (Array.isArray(events)) return readEvents(source, text, events, { repairs, brackets: new Set() });
  let kept: ReadonlySet<number> = new Set();
  for (let attempt = 0; attempt < 2 && events.errorAt !== undefined; attempt++) {
    const strict = toStrictText(text, kept);
    const again = parse(strict.text);
    if (!Array.isArray(again)) break;
    const read = readEvents(source, strict.text, again, { repairs, brackets: strict.brackets });
    if (strict.brackets.size === 0) return read;
    kept = strict.brackets;
  }
  return events;
}

const parserOptions = { maxDepth: maxDepth + 2 };

/** Returns the events of a text's only document. */
function parse(text: string): Event[] | Unreadable {
  try {
    const events = parseEvents(text, parserOptions);
    const documents = events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length;
    return documents > 1 ? { errorAt: undefined } : events;
  } catch (error) {
    if (error instanceof YAMLException) return { errorAt: error.mark?.position ?? 0 };
    throw error;
  }
}

/** Replaces characters by others with which the text can be parsed. What follows keeps its place. */
function repaired(text: string, repairs: readonly Span[]): string {
  let result = text;
  for (const [start, end] of repairs)
    result = result.slice(0, start) + "x".repeat(end - start) + result.slice(end);
  return result;
}

/** @param parsed the text that gave the events */
function readEvents(
  source: Source,
  parsed: string,
  events: readonly Event[],
  rewritten: Rewritten,
): YamlRead {
  if (isEmpty(events))
    return { diagnostics: [{ severity: "error", ...emptyFile, ...source.placeAt([0, 0]) }] };
  const reader = new ValueReader(source, events, rewritten);
  const value = reader.read();
  const { places } = reader;
  const { diagnostics, unresolved, partial, ambiguous, respelled } = reader.findings;
  const placeOf: PlaceOf = (path, atKey) => source.placeAt(places.placeOf(path, atKey));
  const placeWithin: YamlContent["placeWithin"] = (path, atKey) => {
    const find = partFinder(source.text, places.placeOf(path, atKey));
    return (part) => source.placeAt(find(part));
  };
  const { file } = source;
  return {
    content: {
      ...{
        file,
        value,
        mayRefer: hasAny(source.text, referenceMarks),
        mayRepeat: hasAny(source.text, rowMarks),
        unresolved,
        partial,
        ambiguous,
        respelled,
        placeOf,
        placeWithin,
      },
      parse: () => parseEvents(parsed, parserOptions),
    },
    diagnostics,
  };
}

/** The characters of every reference and template, and the backslash, which may write any of them in another way. */
const referenceMarks: readonly string[] = ["$", "%", "{{", "var:", "env:", "\\"];
const rowMarks: readonly string[] = [rowsMember, "\\"];

/** Searching a file's text takes far less time than searching each of its values. */
function hasAny(text: string, marks: readonly string[]): boolean {
  return marks.some((mark) => text.includes(mark));
}

/** Returns a function that finds the parts of a span: each search continues where the last one for the same text ended. */
function partFinder(text: string, [start, end]: Span): (part: TextPart) => Span {
  const within = text.slice(start, end);
  const found = new Map<string, { readonly at: number; readonly skipped: number }>();
  return ({ text: part, skip }) => {
    let { at, skipped } = found.get(part) ?? { at: within.indexOf(part), skipped: 0 };
    for (; skipped < skip && at >= 0; skipped++) at = within.indexOf(part, at + part.length);
    found.set(part, { at, skipped });
    return at < 0 ? [start, end] : [start + at, start + at + part.length];
  };
}

/** Returns true if a text holds nothing but comments and document markers. */
function isEmpty(events: readonly Event[]): boolean {
  const root = events[1];
  if (root?.type !== EVENT_ID.SCALAR) return root === undefined;
  return root.valueStart < 0 && root.tagStart < 0 && root.anchorStart < 0;
}

const emptyFile: Problem = {
  code: "empty-file",
  summary: "File is empty",
  detail: "The file declares nothing.",
  help: "Begin a config in it with version: 1, or remove the file.",
};

const carriageReturnsOnly: Problem = {
  code: "yaml-syntax",
  summary: "Unsupported line endings",
  detail: "The lines of this file end with carriage returns only.",
  help: "Save the file with line endings of LF (Unix) or CRLF (Windows).",
};
