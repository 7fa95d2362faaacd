import { lazyPattern } from "../../core/lazy-pattern.js";
import { quoted } from "../../core/safe-text.js";

/** Matches blanks other than the space, characters without a width, combining accents, and repeated, leading or trailing spaces. */
const unseen = lazyPattern(
  String.raw`[^\S \n]|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{M}]|(?<= ) | (?=\n|$)|(?<=^|\n) `,
  "gu",
);

/**
 * Returns two texts so that a reader can tell them apart: in different texts that look the same, invisible characters are written
 * as escapes. Equal texts, and texts that look different, are returned unchanged.
 */
export function revealed(a: string, b: string): readonly [string, string] {
  if (a === b || visibleForm(a) !== visibleForm(b)) return [a, b];
  const [one, other] = [a, b].map((text) => text.replaceAll(unseen(), escape)) as [string, string];
  return one === other ? [escapeNonAscii(a), escapeNonAscii(b)] : [one, other];
}

/**
 * Returns `the service stores "A\u{a0}B" instead of "A B"` for a sent text and a stored text that look the same but differ;
 * undefined for other texts.
 */
export function storedInstead(sent: unknown, stored: unknown): string | undefined {
  if (typeof sent !== "string" || typeof stored !== "string") return undefined;
  const [wanted, kept] = revealed(sent, stored);
  if (wanted === sent && kept === stored) return undefined;
  return `the service stores ${quoted(kept, maxShown)} instead of ${quoted(wanted, maxShown)}`;
}

const maxShown = 200;

const withoutWidth = lazyPattern(String.raw`[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]`, "gu");

/** Returns text as it looks to a reader. */
function visibleForm(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(withoutWidth(), "")
    .normalize("NFC")
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/ *(?:\n|$)/g, "\n")
    .trim();
}

function escapeNonAscii(text: string): string {
  return text.replaceAll(/[^\n -~]/gu, escape);
}

function escape(one: string): string {
  return `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`;
}
