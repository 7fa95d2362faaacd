import { normalizeText } from "../../core/plan/compare.js";
import type { Json } from "../../core/json/json.js";

/** So many letters and digits tell texts apart: a service may cut what is longer. */
const maxLetters = 50;

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
};

/**
 * Returns what is left of a text whatever a service may do to it: its first letters and digits. Undocumented: whether the service changes
 * blanks, punctuation or emoji, writes entities, or cuts long texts. Equal for texts of which one may be the other as it is stored.
 */
export function textFingerprint(text: Json | undefined): string {
  if (typeof text !== "string") return "";
  const plain = normalizeText(text)
    .replaceAll(/&(#39|\w+);/g, (entity, name: string) => entities[name] ?? entity)
    .normalize("NFKC")
    .toLowerCase();
  const letters = plain.replaceAll(/[^\p{L}\p{N}]/gu, "");
  const kept = letters === "" ? plain.replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, "") : letters;
  return kept.slice(0, maxLetters);
}
