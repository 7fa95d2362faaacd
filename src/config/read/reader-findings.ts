import type { Diagnostic, RelatedPlace } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import { otherReading } from "./scalars.js";
import type { Source, Span } from "./source.js";

/** Text without quotes that some readers take for something else. */
export interface AmbiguousText {
  readonly path: readonly string[];
  readonly atKey: boolean;
  readonly text: string;
  /** `a number` */
  readonly reading: string;
}

/** The names and positions of a value, from the top. */
export type ValuePath = readonly (string | number)[];

/** Collects what is found while a document is read. */
export class ReaderFindings {
  readonly diagnostics: Diagnostic[] = [];
  /** Pointers of values that can't be used, and are null. */
  readonly unresolved = new Set<string>();
  /** Pointers of mappings that lack a member, because of a problem. */
  readonly partial = new Set<string>();
  /** Texts that other readers take for something else. */
  readonly ambiguous: AmbiguousText[] = [];
  /** Numbers that as texts would be others. */
  readonly respelled: AmbiguousText[] = [];
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  addError(span: Span, problem: Problem, related?: readonly RelatedPlace[]): void {
    this.diagnostics.push({
      severity: "error",
      ...problem,
      ...this.#source.placeAt(span),
      ...(related === undefined ? {} : { related }),
    });
  }

  addWarning(span: Span, problem: Problem): void {
    this.diagnostics.push({ severity: "warning", ...problem, ...this.#source.placeAt(span) });
  }

  /** Notes a number that as a text would be another one: 0123 is 123. */
  checkSpelling(value: number, text: string, path: ValuePath): void {
    if (String(value) === text) return;
    this.respelled.push({ path: path.map(String), atKey: false, text, reading: `the number ${value}` });
  }

  /**
   * Notes a text that other readers take for something else. Returns true if it is one.
   *
   * @param path of the text, or of the mapping that has the text as a key
   */
  checkReading(text: string, path: ValuePath, atKey: boolean): boolean {
    const reading = otherReading(text);
    if (reading === undefined) return false;
    this.ambiguous.push({ path: [...path.map(String), ...(atKey ? [text] : [])], atKey, text, reading });
    return true;
  }
}
