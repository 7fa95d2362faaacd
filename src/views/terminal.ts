import { styleText } from "node:util";

/** Paints text, or leaves it as it is. */
export interface Styles {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

type Format = Parameters<typeof styleText>[0];

export function styles(color: boolean): Styles {
  const paint = (format: Format) => (text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
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
 * lines, marks that turn the direction of text, characters without a width, and halves of characters.
 */
const acting =
  /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text that others wrote, with everything that could act shown as an escape: `\u{1b}[31m`. Line breaks stay. */
export function safe(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(acting, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same in one line of at most `width` characters. */
export function safeLine(text: string, width = 2000): string {
  const line = safe(text.slice(0, width + 1))
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}

/** A number with its noun: `1 call`, `9 calls`, `1,204 calls`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}
