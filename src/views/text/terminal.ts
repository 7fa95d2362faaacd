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
