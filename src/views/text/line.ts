/*
 * Lines of output as data. Views build lines, terminals paint them at the end, and reports read the signs: nothing is parsed back
 * out of painted text.
 */
import { safeLine } from "../../core/safe-text.js";
import type { Styles } from "./terminal.js";
import { wrapped } from "./wrap.js";

/** The sign in front of a line, as Terraform prints it. A space keeps the column of the sign free; "" has no such column. */
export type Sign = "+" | "-" | "~" | ">" | "x" | "?" | " " | "";

/** The name of a style. */
export type Ink = keyof Styles;

/** A piece of a line: plain, or in the ink that a terminal shows it in. */
export type Segment = string | readonly [ink: Ink, text: string];

export interface Line {
  /** Columns in front of the sign. */
  readonly indent: number;
  readonly sign: Sign;
  /** Safe to show: others' text is escaped. */
  readonly text: readonly Segment[];
}

const signInks: Readonly<Partial<Record<Sign, Ink>>> = {
  "+": "green",
  "-": "red",
  "~": "yellow",
  ">": "cyan",
  x: "dim",
  "?": "yellow",
};

/** Returns a line with a sign in front. */
export function signed(sign: Sign, ...text: readonly Segment[]): Line {
  return { indent: 0, sign, text };
}

/** Returns a line without a sign. */
export function line(...text: readonly Segment[]): Line {
  return signed("", ...text);
}

/** An empty line. */
export const blank: Line = line();

/** Returns the lines, moved to the right by so many columns. */
export function indented(lines: readonly Line[], columns: number): readonly Line[] {
  return lines.map((one) => ({ ...one, indent: one.indent + columns }));
}

/** Options of a paragraph. */
export interface ParagraphOptions {
  /** Of the output, in columns. */
  readonly width: number;
  readonly indent?: number;
  /** The beginning of the text, in ink of its own: `Note:`. */
  readonly label?: readonly Segment[];
}

/** Returns safe text as lines, broken between words. */
export function paragraph(
  text: string,
  { width, indent = 0, label = [] }: ParagraphOptions,
): readonly Line[] {
  const start = label.map(segmentText).join("");
  const whole = start === "" ? text : `${start} ${text}`.trimEnd();
  return wrapped(whole, "", width - indent).map((one, at) => {
    const isLabelled = at === 0 && start !== "" && one.startsWith(start);
    const segments = isLabelled ? [...label, one.slice(start.length)] : [one];
    return { indent: one === "" ? 0 : indent, sign: "", text: segments };
  });
}

/** Characters of a fact that are shown. */
const maxFact = 300;

/** Returns facts as lines: `Org: Example Org`. */
export function factLines(
  facts: readonly (readonly [name: string, value: string])[],
  width: number,
): readonly Line[] {
  return facts.flatMap(([name, value]) => paragraph(`${name}: ${safeLine(value, maxFact)}`, { width }));
}

/** Returns sections as lines, with an empty line between them; empty sections are left out. */
export function joinSections(sections: readonly (readonly Line[])[]): readonly Line[] {
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : [blank, ...lines]));
}

/** Returns the text of a line without indent and sign. */
export function lineText({ text }: Line): string {
  return text.map(segmentText).join("");
}

/** Returns a line as it stands in output without colours. */
export function plainLine(one: Line): string {
  return layOut(one, lineText(one), one.sign);
}

/** Returns lines as text in which every line ends with a line feed. */
export function paint(lines: readonly Line[], style: Styles): string {
  return lines
    .map((one) => {
      const ink = signInks[one.sign];
      const sign = ink === undefined ? one.sign : style[ink](one.sign);
      const text = one.text
        .map((part) => (typeof part === "string" ? part : style[part[0]](part[1])))
        .join("");
      return `${layOut(one, text, sign)}\n`;
    })
    .join("");
}

function layOut({ indent, sign }: Line, text: string, shownSign: string): string {
  const separator = sign === "" || text === "" ? "" : " ";
  return `${" ".repeat(indent)}${shownSign}${separator}${text}`;
}

/** Returns a piece of a line without its ink. */
export function segmentText(part: Segment): string {
  return typeof part === "string" ? part : part[1];
}
