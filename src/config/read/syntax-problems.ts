import type { Document, YAMLError } from "yaml";
import { isCollection, isScalar, visit } from "yaml";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Source } from "./source.js";
import { placeAt } from "./source.js";
import type { Saying } from "./syntax-messages.js";
import { goesOn, sayingFor } from "./syntax-messages.js";

export interface SyntaxProblems {
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the file was understood all the same, so that looking for other problems in it makes sense. */
  readonly isSound: boolean;
}

/** Where a parser finds so much wrong, it has lost its way: the rest can wait. */
const maxErrors = 1000;

/** What the parser found, in words for people and at the places that have to be mended. */
export function syntaxProblems(source: Source): SyntaxProblems {
  const openings = openingsOf(source.document);
  const { warnings } = source.document;
  const errors = source.document.errors.slice(0, maxErrors);
  const ended = errors.filter(({ message }) => goesOn(message));
  const told =
    errors.length > ended.length ? errors.filter((error) => !ended.includes(error)) : errors.slice(0, 1);
  const sayings = [...told, ...warnings].flatMap((error) => {
    const { code, message, pos } = error;
    const isFlow = openings.isFlow(pos[0]);
    const saying = sayingFor({ code, message, pos, text: source.text, isFlow }, openings.take(error));
    return saying ?? [];
  });
  return {
    diagnostics: withoutEchoes(sayings.map((saying) => problemOf(source, saying))),
    isSound: sayings.every(({ isLocal }) => isLocal === true),
  };
}

function problemOf(source: Source, { code = "yaml-syntax", summary, detail, help, at }: Saying): Diagnostic {
  const kind = source.file.toLowerCase().endsWith(".json") ? "JSON" : "YAML";
  return {
    severity: "error",
    code,
    summary: summary ?? `Not valid ${kind}`,
    detail,
    help,
    ...placeAt(source, at[0], Math.max(at[1], at[0] + 1)),
  };
}

/** One mistake makes the parser stumble several times: in each line only what it said first is kept, of each code. */
function withoutEchoes(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return [...problems].sort(byPlace).filter(({ code, detail = "", range }) => {
    // Each wrong escape is a mistake of its own.
    const echo = `${code} ${range?.start.line ?? 0} ${detail.startsWith("\\") ? (range?.start.column ?? 0) : ""}`;
    return !seen.has(echo) && seen.add(echo);
  });
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0) || byCodeUnit(a.code, b.code);
}

/** Where quotes and brackets were opened. */
interface Openings {
  /** Where the quote or bracket was opened that an error says to be open still. Each is given once, innermost first. */
  take(error: YAMLError): number | undefined;
  /** Whether a place is within brackets. */
  isFlow(offset: number): boolean;
}

function openingsOf(document: Document.Parsed): Openings {
  const quotes: Span[] = [];
  const brackets: Span[] = [];
  visit(document, {
    Value(_key, node) {
      const [start, end] = node.range ?? [0, 0];
      if (isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE"))
        quotes.push({ start, end });
      if (isCollection(node) && node.flow === true) brackets.push({ start, end });
    },
  });
  const taken = new Set<Span>();
  const takeFrom = (spans: readonly Span[], offset: number): number | undefined => {
    const span = spans.findLast((one) => !taken.has(one) && one.start < offset && one.end >= offset);
    if (span !== undefined) taken.add(span);
    return span?.start;
  };
  return {
    take({ message, pos: [offset] }) {
      if (message.startsWith("Missing closing")) return takeFrom(quotes, offset);
      return /^Flow .* end with a/.test(message) ? takeFrom(brackets, offset) : undefined;
    },
    isFlow: (offset) => brackets.some(({ start, end }) => start < offset && offset <= end),
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}
