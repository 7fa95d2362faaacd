import type { ProgressOutput } from "../../views/apply/progress.js";
import type { Styles } from "../../views/text/terminal.js";
import { styles, wantsColor } from "../../views/text/terminal.js";
import type { Context } from "../context.js";

/** Returns the style of text output: colours as the terminal supports and the user wants them. */
export function styleFor(context: Context, stream: "stdout" | "stderr", color: boolean): Styles {
  return styles(wantsColor(context.env, context[stream], color));
}

/** Returns the output of progress. A dumb terminal can't overwrite a line, so it does not count as a terminal. */
export function progressOutput(context: Context, stream: "stdout" | "stderr"): ProgressOutput {
  const output = context[stream];
  return context.env["TERM"] === "dumb" ? { write: (text) => output.write(text) } : output;
}

/** Returns true if stderr is a terminal whose last line can be overwritten. */
export function hasTerminal({ env, stderr }: Pick<Context, "env" | "stderr">): boolean {
  return stderr.isTTY === true && env["TERM"] !== "dumb";
}

/** Returns the width of the terminal in columns, or 80. */
export function terminalWidth(context: Context): number {
  return context.stdout.columns ?? 80;
}
