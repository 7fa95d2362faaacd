import { safeLine } from "../../core/safe-text.js";
import { paint, paragraph } from "../../views/text/line.js";
import { styles } from "../../views/text/terminal.js";
import type { Context, Output } from "../context.js";

/** Writes a note on stderr. @param text of one line; others' text in it is escaped here */
export function writeNote(text: string, { stderr }: Pick<Context, "stderr">): void {
  const lines = paragraph(safeLine(text), { width: messageWidth(stderr), label: ["Note:"] });
  stderr.write(paint(lines, styles(false)));
}

/** Returns the columns of a line of a message: those of the terminal. Where there is none, a message stays on its line. */
export function messageWidth({ isTTY, columns = 80 }: Output): number {
  return isTTY === true ? columns : Infinity;
}
