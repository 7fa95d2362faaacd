import { lazyPattern } from "../../core/lazy-pattern.js";

/** Emoji by short name. 100 kB, so loaded only when the first name is read. */
type Names = Readonly<Record<string, string>>;

let names: Names | undefined;

/**
 * Returns an emoji in Unicode, without variation selectors, whatever form it is written in. Undocumented: whether the service shows
 * Unicode or short names (`:thumbsup:`, `thumbsup`). Unknown names are returned unchanged.
 */
export function canonicalEmoji(written: string): string {
  const name = /^:?([a-z0-9_+-]+):?$/i.exec(written)?.[1];
  const emoji =
    name === undefined ? written : (loadNames()[name.toLowerCase()] ?? fromCodes(name) ?? written);
  return emoji.replaceAll("\u{FE0F}", "");
}

const inEmoji = lazyPattern(String.raw`\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3`, "u");

/** Returns true for an emoji in Unicode, which can be compared. */
export function isEmoji(text: string): boolean {
  return inEmoji().test(text);
}

/** Returns the emoji of hexadecimal code points, as in file names of emoji: `1f44d`, `1f1e8-1f1ed`. */
function fromCodes(text: string): string | undefined {
  if (!/^[0-9a-f]{4,5}(?:-[0-9a-f]{4,5})*$/i.test(text)) return undefined;
  const emoji = String.fromCodePoint(...text.split("-").map((code) => Number.parseInt(code, 16)));
  return isEmoji(emoji) ? emoji : undefined;
}

function loadNames(): Names {
  names ??= readNames();
  return names;
}

function readNames(): Names {
  // Not imported: Node 20 takes a millisecond to load the module.
  const { createRequire } = process.getBuiltinModule("node:module");
  return (createRequire(import.meta.url)("gemoji") as { readonly nameToEmoji: Names }).nameToEmoji;
}
