import type { ProgressOutput } from "../../views/apply/progress.js";
import type { Styles } from "../../views/text/terminal.js";
import { styles, wantsColor } from "../../views/text/terminal.js";
import type { Context } from "../context.js";

/** How to write to people: colours as the terminal and the user want them. */
export function styleFor(context: Context, stream: "stdout" | "stderr", color: boolean): Styles {
  return styles(wantsColor(context.env, context[stream], color));
}

/** Where progress is shown: a dumb terminal can't take a line back, so it is no terminal for that. */
export function progressOutput(context: Context, stream: "stdout" | "stderr"): ProgressOutput {
  const output = context[stream];
  return context.env["TERM"] === "dumb" ? { write: (text) => output.write(text) } : output;
}

export function terminalWidth(context: Context): number {
  return context.stdout.columns ?? 80;
}
