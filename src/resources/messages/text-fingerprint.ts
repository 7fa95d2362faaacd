import { normalizeText } from "../../core/diff/compare.js";
import type { Json } from "../../core/json/json.js";
import { lazyPattern } from "../../core/lazy-pattern.js";

/** Enough to tell texts apart. Undocumented: the length at which the service cuts a text. */
const maxLetters = 50;

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
};

const signs = lazyPattern(String.raw`[^\p{L}\p{N}]`, "gu");
const blanks = lazyPattern(String.raw`[\s\p{Default_Ignorable_Code_Point}]`, "gu");

/**
 * Returns the first letters and digits of a text: equal for two texts if one may be the stored form of the other. Undocumented: whether
 * the service changes blanks, punctuation or emoji, writes entities, or cuts long texts.
 */
export function textFingerprint(text: Json | undefined): string {
  if (typeof text !== "string") return "";
  const plain = normalizeText(text)
    .replaceAll(/&(#39|\w+);/g, (entity, name: string) => entities[name] ?? entity)
    .normalize("NFKC")
    .toLowerCase();
  const letters = plain.replaceAll(signs(), "");
  const kept = letters === "" ? plain.replaceAll(blanks(), "") : letters;
  return kept.slice(0, maxLetters);
}
