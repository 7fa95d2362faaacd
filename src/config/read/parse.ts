import type { CST, Document } from "yaml";
import { Composer, isScalar, LineCounter, YAMLParseError } from "yaml";
import type { Diagnostic } from "../../core/diagnostic.js";
import { aliasTargets } from "./aliases.js";
import { decode } from "./decode.js";
import { maxDepth, tokensOf } from "./depth.js";
import type { Place, Source } from "./source.js";
import { placeAt } from "./source.js";
import { syntaxProblems } from "./syntax-problems.js";

/** A parsed file, and what is wrong with its syntax. */
export interface Parsed {
  /** Only if the file could be understood, at least but for some values. */
  readonly source?: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a file's bytes: YAML 1.2, of which JSON is a part. */
export function parse(file: string, bytes: Uint8Array): Parsed {
  const { text, problem } = decode(file, bytes);
  if (problem !== undefined) return { diagnostics: [problem] };
  if (/^[^\n]*\r[^\n]+$/.test(text)) {
    const detail = "Its lines end with carriage returns only, which YAML doesn't take for line ends.";
    const help = "Save the file with line ends of LF (Unix) or CRLF (Windows).";
    return whole(file, "yaml-syntax", "Unknown line ends", detail, help);
  }
  const lines = linesOf(text);
  const skipped = bytes.length - Buffer.byteLength(text);
  const { tokens, deep } = tokensOf(text);
  if (deep !== undefined)
    return { diagnostics: [tooDeep(placeAt({ file, text, lines, skipped }, deep, deep + 1))] };
  const document = compose(tokens, text.length);
  if (document === undefined || isEmpty(document)) {
    const help = "Write a desired state in it, beginning with version: 1. Or remove it.";
    return whole(file, "empty-file", "The file is empty", "There is nothing declared in it.", help);
  }
  const source: Source = { file, text, lines, skipped, document, aliases: aliasTargets(document) };
  const { diagnostics, isSound } = syntaxProblems(source);
  return isSound ? { source, diagnostics } : { diagnostics };
}

/** Where lines begin. The parser's own count is off by some lines where carriage returns stand about. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  for (let at = 0; at >= 0; at = text.indexOf("\n", at) + 1 || -1) lines.addNewLine(at);
  return lines;
}

/** The first document that the tokens make. That there are more is an error of it. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed | undefined {
  // Keys that stand twice are found while the values are read: in any spelling, and in linear time.
  const composer = new Composer({ uniqueKeys: false, merge: false });
  const [first, second] = [...composer.compose(tokens, true, length)];
  if (second !== undefined) {
    const [start, end] = second.range;
    first?.errors.push(new YAMLParseError([start, end], "MULTIPLE_DOCS", "Several documents"));
  }
  return first;
}

/** Whether there are but comments and markers in it. */
function isEmpty({ contents, errors }: Document.Parsed): boolean {
  if (contents === null) return true;
  const isNothing = isScalar(contents) && contents.type === "PLAIN" && contents.source === "";
  return isNothing && contents.tag === undefined && contents.anchor === undefined && errors.length === 0;
}

function tooDeep(place: Place): Diagnostic {
  return {
    severity: "error",
    code: "too-deep",
    summary: "Nested too deeply",
    detail: `More than ${maxDepth} levels.`,
    help: "Nothing in a desired state is this deep.",
    ...place,
  };
}

/** A problem of a file as a whole. */
function whole(file: string, code: string, summary: string, detail: string, help: string): Parsed {
  const start = { line: 1, column: 1, offset: 0 };
  const place = { range: { file, start, end: start }, sourceLine: "" };
  return { diagnostics: [{ severity: "error", code, summary, detail, help, ...place }] };
}
