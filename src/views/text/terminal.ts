import { inspect } from "node:util";

/** Paints text, or leaves it as it is. */
export interface Styles {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Paints, or not. The codes come from Node; its own styleText checks its arguments anew for every word. */
export function styles(color: boolean): Styles {
  const paint = (format: keyof Styles) => {
    const [open, close] = inspect.colors[format] ?? [0, 0];
    return (text: string) => (color ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  };
  return {
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    cyan: paint("cyan"),
    bold: paint("bold"),
    dim: paint("dim"),
  };
}

/** Whether to paint: on a terminal, or if told so; never if told not to. Source: no-color.org, force-color.org. */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTTY?: boolean },
  asked: boolean,
): boolean {
  if (!asked || (env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/**
 * Characters that act on a terminal or mislead a reader: controls (but not the line break and the tab), separators of
 * lines, marks that turn the direction of text, characters without a width (but not the joiner within an emoji), halves
 * of characters, and heaps of accents.
 */
const acting = [
  String.raw`(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufff9-\ufffb]`,
  String.raw`(?!\ufe0f|\u200d)\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}`,
  String.raw`(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})`,
  String.raw`(?<=\p{M}{4})\p{M}`,
  // Commands to build services that read what a job prints: ::error:: and ##[command] of GitHub's, ##vso[ of Azure's.
  String.raw`(?<=^|\s):(?=:)|#(?=#(?:\[|[Vv][Ss][Oo]\[|teamcity\[))`,
].join("|");

/** Compiled when it is needed first: that takes as long as loading a library. */
let actingPattern: RegExp | undefined;

/** Most texts, told apart quickly. */
const harmless = /^[ -~\n\t]*$/;

/** Text that others wrote, with everything that could act shown as an escape: `\u{1b}[31m`. Line breaks stay. */
export function safe(text: string): string {
  return escaped(text.replaceAll("\r\n", "\n"));
}

/** The same, but a carriage return shows even where a line break follows. */
export function escaped(text: string): string {
  if (harmless.test(text) && !text.includes("::") && !text.includes("##")) return text;
  actingPattern ??= new RegExp(acting, "gu");
  return text.replaceAll(actingPattern, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same in one line of at most `width` characters. */
export function safeLine(text: string, width = 2000): string {
  const line = escaped(text.length > width ? text.slice(0, width + 1) : text)
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return line.length > width ? `${whole(line.slice(0, Math.max(0, width - 1)))}…` : line;
}

/** Text without the half of a character that a cut may leave at its end. */
function whole(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}

/** The same in quotes. */
export function quoted(text: string, width?: number): string {
  return `"${safeLine(text, width).replaceAll('"', '\\"')}"`;
}

let numbers: Intl.NumberFormat | undefined;

/** `1,204` */
export function number(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value < 1000) return String(value);
  numbers ??= new Intl.NumberFormat("en-US");
  return numbers.format(value);
}

/** A number with its noun: `1 call`, `9 calls`, `1,204 calls`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${number(amount)} ${amount === 1 ? noun : plural}`;
}
