import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "./read-yaml.js";
import { keyWithoutQuotes, numberAsText, textWithoutQuotes } from "./value-messages.js";
import type { AmbiguousText } from "./reader-findings.js";

/**
 * Returns a problem for each text that needs quotes.
 *
 * @param known problems: a text that has one gets no other
 * @param isText says whether a number at a path becomes a text, as the values of rows and variables do
 */
export function ambiguousTexts(
  { ambiguous, respelled, placeOf }: YamlContent,
  known: readonly Diagnostic[],
  isText: (path: readonly string[]) => boolean = () => true,
): readonly Diagnostic[] {
  const numbers = respelled.filter(({ path }) => isText(path));
  if (ambiguous.length + numbers.length === 0) return [];
  const placeKey = ({ range }: Pick<Diagnostic, "range">): string => `${range?.start.offset} ${range?.file}`;
  const taken = new Set(known.map(placeKey));
  const toDiagnostic = ({ path, atKey }: AmbiguousText, problem: Problem): Diagnostic => ({
    severity: "error",
    ...problem,
    ...placeOf(path, atKey),
  });
  return [
    ...ambiguous.map((one) => toDiagnostic(one, (one.atKey ? keyWithoutQuotes : textWithoutQuotes)(one))),
    ...numbers.map((one) => toDiagnostic(one, numberAsText(one))),
  ].filter((one) => !taken.has(placeKey(one)));
}
