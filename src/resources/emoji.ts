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
  const emoji = name === undefined ? written : (loadNames()[name.toLowerCase()] ?? written);
  return emoji.replaceAll("\u{FE0F}", "");
}

function loadNames(): Names {
  names ??= (createRequire(import.meta.url)("gemoji") as { readonly nameToEmoji: Names }).nameToEmoji;
  return names;
}
