import { ApiError } from "../api/errors.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import { StateError } from "../state/errors.js";
import { renderDiagnostics } from "../views/diagnostics-text.js";
import { styles, wantsColor } from "../views/terminal.js";
import type { Context, ExitCode } from "./context.js";
import { UsageError } from "./usage-error.js";

/** Shows what stopped a command, on stderr, in words that help. A stack only where it is asked for, or it is our bug. */
export function showError(error: unknown, context: Context, debug: boolean): ExitCode {
  const { stderr } = context;
  const style = styles(wantsColor(context.env, stderr, true));
  const show = (text: string): void => {
    stderr.write(`${style.red("Error:")} ${text}\n`);
  };
  if (context.stop.aborted && (error === context.stop.reason || error === context.abort.reason)) {
    stderr.write("Interrupted.\n");
    return 130;
  }
  if (error instanceof DiagnosticsError)
    stderr.write(renderDiagnostics(error.diagnostics, { style, width: stderr.columns ?? 80 }));
  else if (error instanceof StateError) show(`${error.message} (${error.code})`);
  else if (error instanceof UsageError || error instanceof ApiError) show(error.message);
  else show(unexpected(error, debug));
  return 1;
}

function unexpected(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return `This is a bug in chatform: ${message.replace(/^This is a bug in chatform: /, "")}\nPlease report it, with the output of the same command with --debug.${stack}`;
}
