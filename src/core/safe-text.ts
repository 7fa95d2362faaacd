/**
 * Makes text of others harmless: on a terminal, to a reader, and to a build service that reads what a job prints. The one
 * definition of the characters that act there.
 */

/** Controls except the line break and the tab, line separators, and lone halves of characters. */
const controls = String.raw`(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufff9-\ufffb]`;

/** Marks that turn the direction of text, and characters without a width, except the two that emoji are made with. */
const invisible = String.raw`(?!\ufe0f|\u200d)\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}`;

/** Commands to build services that can stand anywhere in a line: `##[command]` of GitHub's, `##vso[` of Azure's. */
const commandMark = String.raw`#(?=#(?:\[|[Vv][Ss][Oo]\[|teamcity\[))`;

const inDocument = [controls, invisible, commandMark].join("|");

const inText = [
  inDocument,
  // A joiner outside an emoji, and heaps of accents.
  String.raw`(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})`,
  String.raw`(?<=\p{M}{4})\p{M}`,
  // ::error:: and the like of GitHub's.
  String.raw`(?<=^|\s):(?=:)`,
].join("|");

/** Compiled on first use: compiling takes as long as loading a library. */
const compiled: { document?: RegExp; text?: RegExp } = {};

/** Returns the pattern of what acts in a JSON or YAML document, where emoji stay as they are. */
export function actingInDocument(): RegExp {
  return (compiled.document ??= new RegExp(inDocument, "gu"));
}

/** Matches most texts, quickly. */
const harmless = /^[ -~\n\t]*$/;

/** Returns the text with everything that acts written as an escape: `\u{1b}[31m`. Line breaks stay. */
export function safe(text: string): string {
  return escaped(text.replaceAll("\r\n", "\n"));
}

/** Returns the text like `safe`, but with every carriage return escaped, also before a line break. */
export function escaped(text: string): string {
  if (harmless.test(text) && !text.includes("::") && !text.includes("##")) return text;
  compiled.text ??= new RegExp(inText, "gu");
  return text.replaceAll(compiled.text, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Returns the text like `escaped`, in one line of at most `width` characters. */
export function safeLine(text: string, width = 2000): string {
  const line = escaped(text.length > width ? text.slice(0, width + 1) : text)
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return line.length > width ? `${withoutHalf(line.slice(0, Math.max(0, width - 1)))}…` : line;
}

/** Drops the half of a character that a cut may leave at the end. */
function withoutHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}

/** Returns the text like `safeLine`, in quotes. */
export function quoted(text: string, width?: number): string {
  return `"${safeLine(text, width).replaceAll('"', '\\"')}"`;
}
