import { stripVTControlCharacters } from "node:util";
import { styles } from "../text/terminal.js";

/** What a line says of a change: something is added, removed, changed, or it stands around that. */
export type LineSign = "+" | "-" | "~" | " ";

/** A line of what changes, as `plan` shows it. Its text may begin with a sign that others wrote: `sign` is ours. */
export interface ReportLine {
  readonly sign: LineSign;
  readonly text: string;
}

const { green, red, yellow } = styles(true);

/** How lines of each sign begin where they are painted. */
const beginnings = (
  [
    ["+", green],
    ["-", red],
    ["~", yellow],
  ] as const
).map(([sign, paint]) => [sign, paint(sign).slice(0, paint(sign).indexOf(sign) + 1)] as const);

/** @param painted a line in colours, by which our signs are told from those in the text */
export function reportLine(painted: string): ReportLine {
  const start = painted.trimStart();
  const sign = beginnings.find(([, beginning]) => start.startsWith(beginning))?.[0] ?? " ";
  return { sign, text: stripVTControlCharacters(painted) };
}
