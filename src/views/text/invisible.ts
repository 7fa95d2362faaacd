import { quoted } from "../../core/safe-text.js";

/** Blanks other than the plain one, characters without a width, accents that are characters of their own, blanks at an end. */
const unseen =
  /[^\S \n]|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{M}]|(?<= ) | (?=\n|$)|(?<=^|\n) /gu;

/**
 * Returns two texts in a form in which they can be told apart: where they look the same, what can't be seen is written as an
 * escape. Texts that differ visibly, and equal ones, are returned as they are.
 */
export function revealed(a: string, b: string): readonly [string, string] {
  if (a === b || looks(a) !== looks(b)) return [a, b];
  const [one, other] = [a, b].map((text) => text.replaceAll(unseen, escape)) as [string, string];
  return one === other ? [everything(a), everything(b)] : [one, other];
}

/**
 * Names what the service keeps of a text that was sent, where nobody could see the difference: `the service stores
 * "A\u{a0}B" instead of "A B"`. Undefined where the difference shows, or there is none.
 */
export function storedInstead(sent: unknown, stored: unknown): string | undefined {
  if (typeof sent !== "string" || typeof stored !== "string") return undefined;
  const [wanted, kept] = revealed(sent, stored);
  if (wanted === sent && kept === stored) return undefined;
  return `the service stores ${quoted(kept, maxShown)} instead of ${quoted(wanted, maxShown)}`;
}

const maxShown = 200;

/** What a reader sees of a text. */
function looks(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu, "")
    .normalize("NFC")
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/ *(?:\n|$)/g, "\n")
    .trim();
}

function everything(text: string): string {
  return text.replaceAll(/[^\n -~]/gu, escape);
}

function escape(one: string): string {
  return `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`;
}
