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

/** Compiled on first use: compiling takes as long as loading a library. */
const compiled: { document?: RegExp; text?: RegExp } = {};

/** Returns the pattern of characters to escape in a JSON or YAML document. Emoji do not match. */
export function actingInDocument(): RegExp {
  return (compiled.document ??= new RegExp(inDocument, "gu"));
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

/** Removes half a surrogate pair at the end of a cut text. */
function withoutHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}

/** Returns the text like `safeLine`, in quotes. */
export function quoted(text: string, width?: number): string {
  return `"${safeLine(text, width).replaceAll('"', '\\"')}"`;
}
