import { inspect } from "node:util";

/** Functions that paint text, or return it unchanged. */
export type Styles = Readonly<
  Record<
    "red" | "green" | "yellow" | "cyan" | "bold" | "dim" | "boldRed" | "boldYellow",
    (text: string) => string
  >
>;

/** Returns styles with colours or without. Node's own styleText is not used: it checks its arguments anew for every word. */
export function styles(color: boolean): Styles {
  const paint = (format: "red" | "green" | "yellow" | "cyan" | "bold" | "dim") => {
    const [open, close] = inspect.colors[format] ?? [0, 0];
    return (text: string) => (color ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  };
  const [red, yellow, bold] = [paint("red"), paint("yellow"), paint("bold")];
  return {
    red,
    green: paint("green"),
    yellow,
    cyan: paint("cyan"),
    bold,
    dim: paint("dim"),
    boldRed: (text) => red(bold(text)),
    boldYellow: (text) => yellow(bold(text)),
  };
}

/** Returns true on a terminal or where colours are forced, unless colours are turned off. Source: no-color.org, force-color.org. */
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
 * Returns a whole number as people write it: `1,204`. Not with Intl.NumberFormat, which takes 15 ms to load at its first use: between
 * the last read and the first write of an apply.
 */
export function number(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Returns a number with its noun: `1 call`, `9 calls`, `1,204 calls`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${number(amount)} ${amount === 1 ? noun : plural}`;
}
