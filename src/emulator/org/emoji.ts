import { emojiToName, nameToEmoji } from "gemoji";

/** Returns the stored form of an emoji: unicode where its short name, with or without colons, is known. */
export function toStoredEmoji(written: string): string {
  const name = written.replace(/^:(.+):$/, "$1");
  return Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? written) : written;
}

/** Returns a stored emoji in the form of reads: `👍`, `:+1:` or `+1`. Unchanged where it has no short name. */
export function toShownEmoji(stored: string, encoding: "unicode" | "shortname" | "name"): string {
  const name = emojiToName[stored] ?? emojiToName[`${stored}\u{FE0F}`];
  if (encoding === "unicode" || name === undefined) return stored;
  return encoding === "shortname" ? `:${name}:` : name;
}
