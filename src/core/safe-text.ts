import { lazyPattern } from "./lazy-pattern.js";

/**
 * Escapes characters of untrusted text that act on a terminal, on a reader, or on a build service that parses a job's output.
 */

/** Controls except the line break and the tab, line separators, and lone halves of characters. */
const controls = String.raw`(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufff9-\ufffb]`;

/** Bidirectional marks and characters without a width, except the two that are part of emoji. */
const invisible = String.raw`(?!\ufe0f|\u200d)\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}`;

/** Build service commands that are valid anywhere in a line: `##[command]` (GitHub), `##vso[` (Azure). */
const commandMark = String.raw`#(?=#(?:\[|[Vv][Ss][Oo]\[|teamcity\[))`;

const inDocument = [controls, invisible, commandMark].join("|");

const inText = [
  inDocument,
  // A joiner outside an emoji, and more than four accents in a row.
  String.raw`(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})`,
  String.raw`(?<=\p{M}{4})\p{M}`,
  // GitHub's ::error:: and similar commands.
  String.raw`(?<=^|\s):(?=:)`,
].join("|");

const actingInDocument = lazyPattern(inDocument, "gu");
const actingInText = lazyPattern(inText, "gu");

/** Matches the parts of a document that the slow pattern has to look at, each with all that a match depends on. */
const suspicious = new RegExp(String.raw`[^ -~\n\t]+|${commandMark}`, "g");

/**
 * Escapes the acting characters of a JSON or YAML document, which may have hundreds of megabytes. Emoji do not act.
 *
 * @param escape gets a character: one or two code units
 */
export function escapedInDocument(text: string, escape: (character: string) => string): string {
  return text.replaceAll(suspicious, (part) =>
    part === "#" ? escape(part) : part.replaceAll(actingInDocument(), escape),
  );
}

/** Returns true if a JSON or YAML document has acting characters. */
export function actsInDocument(text: string): boolean {
  let acts = false;
  escapedInDocument(text, (character) => {
    acts = true;
    return character;
  });
  return acts;
}

/** Matches most texts without the slow pattern. */
const harmless = /^[ -~\n\t]*$/;

/** Returns the text with acting characters escaped: `\u{1b}[31m`. Line breaks are kept. */
export function safe(text: string): string {
  return escaped(text.replaceAll("\r\n", "\n"));
}

/** Returns the text like `safe`, but with every carriage return escaped, also before a line break. */
export function escaped(text: string): string {
  if (harmless.test(text) && !text.includes("::") && !text.includes("##")) return text;
  return text.replaceAll(actingInText(), (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Returns the text like `escaped`, in one line of at most `width` characters. */
export function safeLine(text: string, width = 2000): string {
  const line = escaped(text.length > width ? text.slice(0, width + 1) : text)
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return line.length > width ? `${withoutHalf(line.slice(0, Math.max(0, width - 1)))}…` : line;
}

/** Removes half a surrogate pair at the end of a cut text. */
function withoutHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}

/** Returns the text like `safeLine`, in quotes. */
export function quoted(text: string, width?: number): string {
  return `"${safeLine(text, width).replaceAll('"', '\\"')}"`;
}
