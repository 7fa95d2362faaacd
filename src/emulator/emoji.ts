/** Short names of the usual emojis. Others have none here, and read as they were written. */
const shortnames: readonly (readonly [unicode: string, shortname: string])[] = [
  ["👍", ":thumbsup:"],
  ["👎", ":thumbsdown:"],
  ["❤️", ":heart:"],
  ["😂", ":joy:"],
  ["😀", ":grinning:"],
  ["😮", ":open_mouth:"],
  ["😢", ":cry:"],
  ["🎉", ":tada:"],
  ["👀", ":eyes:"],
  ["✅", ":white_check_mark:"],
  ["🔥", ":fire:"],
  ["🚀", ":rocket:"],
];
const toShort = new Map(shortnames);
const toUnicode = new Map(shortnames.map(([unicode, shortname]) => [shortname, unicode]));

/** An emoji as it is kept: unicode where its short name is known. */
export function toKept(written: string): string {
  return toUnicode.get(written) ?? written;
}

/** A kept emoji as it is read. */
export function toRead(kept: string, encoding: "unicode" | "shortname"): string {
  return encoding === "unicode" ? kept : (toShort.get(kept) ?? kept);
}
