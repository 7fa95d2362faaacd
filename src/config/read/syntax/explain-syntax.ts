import type { CST, Document, YAMLError } from "yaml";
import { Composer, isCollection, isScalar, visit, YAMLParseError } from "yaml";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { byCodeUnit } from "../../../core/json/json.js";
import { maxDepth } from "../depth.js";
import { foreignSyntax, templateInLine } from "./foreign-syntax.js";
import type { Source, Span } from "../source.js";
import type { SyntaxProblem } from "./syntax-messages.js";
import { explainError, isAfterEnd, refusedCharacter, unexplained } from "./syntax-messages.js";
import { tooDeep } from "../value-messages.js";
import { toTokens } from "./yaml-tokens.js";

/** The errors in a text that could not be parsed. */
export interface SyntaxExplanation {
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Spans to replace by letters so that the rest of the text can be read, and its problems reported too; empty if an
   * error leaves the rest in doubt.
   */
  readonly repairs: readonly Span[];
}

/** The most errors of the parser that are explained: a parser that finds more has lost its way. */
const maxErrors = 1000;
/** Characters that YAML does not allow without quotes. It allows those below U+0020 nowhere. */
const notPrintable = /[^\P{Cc}\t\n\r\u0085]|[\uFFFE\uFFFF]/gu;

/**
 * Explains why a text could not be parsed, with the places to mend. The parser of the config stops at the first error, so
 * a second parser, which recovers from errors, finds all of them.
 *
 * @param errorAt offset of the first error; undefined if the text holds several documents
 */
export function explainSyntax(source: Source, errorAt: number | undefined): SyntaxExplanation {
  const { text } = source;
  if (errorAt !== undefined && text.charAt(errorAt).match(notPrintable) !== null)
    return explanation(source, refusedCharacters(text, errorAt));
  const foreign = foreignSyntax(text);
  if (foreign !== undefined) return explanation(source, [foreign]);
  const { tokens, deep } = toTokens(text);
  if (deep !== undefined) return explanation(source, [{ ...tooDeep(maxDepth), at: [deep, deep + 1] }]);
  const document = compose(tokens, text.length);
  const problems = document === undefined ? [] : explainErrors(document, text);
  return explanation(source, problems.length === 0 ? [unexplained(text, errorAt)] : problems);
}

function explanation(source: Source, problems: readonly SyntaxProblem[]): SyntaxExplanation {
  const isSound = problems.every(({ isLocal }) => isLocal === true);
  return {
    diagnostics: withoutEchoes(problems.map((problem) => toDiagnostic(source, problem))),
    repairs: isSound ? problems.map(({ at }) => at) : [],
  };
}

function refusedCharacters(text: string, errorAt: number): readonly SyntaxProblem[] {
  const offsets = Array.from(text.matchAll(notPrintable), ({ index }) => index);
  return offsets
    .filter((at) => at === errorAt || text.charCodeAt(at) < 0x20)
    .slice(0, maxErrors)
    .map((at) => refusedCharacter(text, at));
}

/** Composes the first document. A second one is an error of the first. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed | undefined {
  const composer = new Composer({ uniqueKeys: false, merge: false });
  const [first, second] = [...composer.compose(tokens, true, length)];
  if (second !== undefined) {
    const [start, end] = second.range;
    first?.errors.push(new YAMLParseError([start, end], "MULTIPLE_DOCS", "Several documents"));
  }
  return first;
}

function explainErrors(document: Document.Parsed, text: string): readonly SyntaxProblem[] {
  const openings = openingsIn(document);
  const errors = document.errors.slice(0, maxErrors);
  // A value before a line that is indented too far is two errors of the parser.
  const keys = new Set(errors.flatMap(({ code, pos }) => (code === "BLOCK_AS_IMPLICIT_KEY" ? [pos[0]] : [])));
  const relevant = errors.filter(
    ({ code, message, pos }) =>
      !isAfterEnd(message) && !(code === "MULTILINE_IMPLICIT_KEY" && keys.has(pos[0])),
  );
  return [...(relevant.length > 0 ? relevant : errors.slice(0, 1)), ...document.warnings].flatMap((error) => {
    const { code, message, pos } = error;
    const template = templateInLine(text, pos[0]);
    if (template !== undefined) return template;
    const isFlow = openings.isFlow(pos[0]);
    return explainError({ code, message, pos, text, isFlow }, openings.take(error)) ?? [];
  });
}

function toDiagnostic(
  source: Source,
  { at: [start, end], isLocal: _, ...problem }: SyntaxProblem,
): Diagnostic {
  const language = source.file.toLowerCase().endsWith(".json") ? "JSON" : "YAML";
  return {
    severity: "error",
    code: "yaml-syntax",
    summary: `Invalid ${language}`,
    ...problem,
    ...source.placeAt([start, Math.max(end, start + 1)]),
  };
}

/** One mistake makes the parser stumble several times: of each line only the first problem of a code is kept. */
function withoutEchoes(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return [...problems].sort(byPlace).filter(({ code, detail = "", range }) => {
    // Each wrong escape is a mistake of its own.
    const column = detail.startsWith("\\") ? (range?.start.column ?? 0) : "";
    const echo = `${code} ${range?.start.line ?? 0} ${column}`;
    return !seen.has(echo) && seen.add(echo);
  });
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0) || byCodeUnit(a.code, b.code);
}

/** The places where quotes and brackets open. */
interface Openings {
  /** Returns where the quote or bracket opens that an error reports as unclosed; each once, innermost first. */
  take(error: YAMLError): number | undefined;
  /** Returns true for an offset within brackets. */
  isFlow(offset: number): boolean;
}

function openingsIn(document: Document.Parsed): Openings {
  const quotes: Span[] = [];
  const brackets: Span[] = [];
  visit(document, {
    Value(_key, node) {
      const [start, end] = node.range ?? [0, 0];
      if (isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE"))
        quotes.push([start, end]);
      if (isCollection(node) && node.flow === true) brackets.push([start, end]);
    },
  });
  const taken = new Set<Span>();
  const takeFrom = (spans: readonly Span[], offset: number): number | undefined => {
    const span = spans.findLast((one) => !taken.has(one) && one[0] < offset && one[1] >= offset);
    if (span !== undefined) taken.add(span);
    return span?.[0];
  };
  return {
    take({ message, pos: [offset] }) {
      if (message.startsWith("Missing closing")) return takeFrom(quotes, offset);
      return /^Flow .* end with a/.test(message) ? takeFrom(brackets, offset) : undefined;
    },
    isFlow: (offset) => brackets.some(([start, end]) => start < offset && offset <= end),
  };
}
