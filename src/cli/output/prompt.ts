import { createInterface } from "node:readline";
import { wrapped } from "../../views/text/wrap.js";
import type { Context } from "../context.js";
import { Interrupted } from "./interrupted.js";

/** Columns for what is typed behind a question. */
const typedColumns = 6;

/**
 * Asks for a line in the terminal.
 *
 * @param question others' text in it is escaped
 * @returns the line; undefined where the input ended without one, as by Ctrl-D
 * @throws Interrupted on Ctrl-C
 * @throws the reason of `stop`, when a signal came meanwhile
 */
export async function ask(
  question: string,
  { stdin, stdout, stop }: Pick<Context, "stdin" | "stdout" | "stop">,
): Promise<string | undefined> {
  stop.throwIfAborted();
  const terminal = createInterface({ input: stdin(), output: stdout });
  // `question()` of readline never ends in some versions of Node when the input does, and fails in others.
  let onStop = (): void => undefined;
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      onStop = (): void => {
        reject(stop.reason as Error);
      };
      stop.addEventListener("abort", onStop);
      terminal.once("line", resolve);
      terminal.once("SIGINT", () => {
        stdout.write("\n");
        reject(new Interrupted());
      });
      terminal.once("close", () => {
        stdout.write("\n");
        resolve(undefined);
      });
      const lines = wrapped(question.trimEnd(), "", (stdout.columns ?? 80) - typedColumns);
      terminal.setPrompt(`${lines.join("\n")} `);
      terminal.prompt();
    });
  } finally {
    stop.removeEventListener("abort", onStop);
    terminal.removeAllListeners("close");
    terminal.close();
  }
}
