import { createRequire } from "node:module";

/** Names of emojis, as chats write them between colons. Big, so loaded when the first name has to be read. */
type Names = Readonly<Record<string, string>>;

let names: Names | undefined;

/**
 * One form for all the ways to write the same emoji: unicode, without variation selectors. Nobody outside knows whether
 * the service answers with unicode or with short names (`:thumbsup:`, `thumbsup`). What isn't known stays as it is.
 */
export function canonicalEmoji(written: string): string {
  const name = /^:?([a-z0-9_+-]+):?$/i.exec(written)?.[1];
  const emoji =
    name === undefined ? written : (loadNames()[name.toLowerCase()] ?? fromCodes(name) ?? written);
  return emoji.replaceAll("\u{FE0F}", "");
}

/** Whether text is an emoji in unicode: then it can be compared. */
export function isEmoji(text: string): boolean {
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text);
}

/** The emoji of code points in hexadecimal, as file names of emojis have them: `1f44d`, `1f1e8-1f1ed`. */
function fromCodes(text: string): string | undefined {
  if (!/^[0-9a-f]{4,5}(?:-[0-9a-f]{4,5})*$/i.test(text)) return undefined;
  const emoji = String.fromCodePoint(...text.split("-").map((code) => Number.parseInt(code, 16)));
  return isEmoji(emoji) ? emoji : undefined;
}

function loadNames(): Names {
  names ??= (createRequire(import.meta.url)("gemoji") as { readonly nameToEmoji: Names }).nameToEmoji;
  return names;
}
