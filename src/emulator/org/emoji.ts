import { emojiToName, nameToEmoji } from "gemoji";

/** An emoji as it is kept: unicode where its short name, with or without colons, is known. */
export function toStoredEmoji(written: string): string {
  const name = written.replace(/^:(.+):$/, "$1");
  return Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? written) : written;
}

/** A kept emoji as it is read: `👍`, `:+1:` or `+1`. Those without a name read as they were written. */
export function toShownEmoji(kept: string, encoding: "unicode" | "shortname" | "name"): string {
  const name = emojiToName[kept] ?? emojiToName[`${kept}\u{FE0F}`];
  if (encoding === "unicode" || name === undefined) return kept;
  return encoding === "shortname" ? `:${name}:` : name;
}
