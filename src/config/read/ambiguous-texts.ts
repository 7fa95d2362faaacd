import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "./read-yaml.js";
import { keyWithoutQuotes, numberAsText, textWithoutQuotes } from "./value-messages.js";
import type { AmbiguousText } from "./reader-findings.js";
import type { Place } from "./source.js";
import { startKey } from "./source.js";

/**
 * Returns a problem for each text that needs quotes.
 *
 * @param known places of problems, as `startKeys`: a text that has one gets no other
 * @param isText says whether a number at a path becomes a text, as the values of rows and variables do
 */
export function ambiguousTexts(
  { ambiguous, respelled, placeOf }: YamlContent,
  known: ReadonlySet<string>,
  isText: (path: readonly string[]) => boolean = () => true,
): readonly Diagnostic[] {
  const numbers = respelled.filter(({ path }) => isText(path));
  if (ambiguous.length + numbers.length === 0) return [];
  const toDiagnostic = ({ path, atKey }: AmbiguousText, problem: Problem): Diagnostic & Place => ({
    severity: "error",
    ...problem,
    ...placeOf(path, atKey),
  });
  return [
    ...ambiguous.map((one) => toDiagnostic(one, (one.atKey ? keyWithoutQuotes : textWithoutQuotes)(one))),
    ...numbers.map((one) => toDiagnostic(one, numberAsText(one))),
  ].filter(({ range }) => !known.has(startKey(range)));
}
