import type { Diagnostic } from "../../core/diagnostic.js";
import type { YamlContent } from "./read-yaml.js";
import { keyWithoutQuotes, textWithoutQuotes } from "./value-messages.js";

/** Returns a problem for each text that needs quotes. @param known problems: a text that has one gets no other */
export function ambiguousTexts(
  { ambiguous, placeOf }: YamlContent,
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (ambiguous.length === 0) return [];
  const placeKey = ({ range }: Pick<Diagnostic, "range">): string => `${range?.start.offset} ${range?.file}`;
  const taken = new Set(known.map(placeKey));
  return ambiguous
    .map(({ path, atKey, text, reading }): Diagnostic => ({
      severity: "error",
      ...(atKey ? keyWithoutQuotes(text, reading) : textWithoutQuotes(text, reading)),
      ...placeOf(path, atKey),
    }))
    .filter((one) => !taken.has(placeKey(one)));
}
