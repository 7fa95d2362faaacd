import type { Styles } from "../views/terminal.js";
import { styles, wantsColor } from "../views/terminal.js";
import type { Context } from "./context.js";

/** How to write to people: colours as the terminal and the user want them. */
export function styleFor(context: Context, stream: "stdout" | "stderr", color: boolean): Styles {
  return styles(wantsColor(context.env, context[stream], color));
}

export function widthOf(context: Context): number {
  return context.stdout.columns ?? 80;
}
