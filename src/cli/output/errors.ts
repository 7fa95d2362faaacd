import { ApiError } from "../../api/errors.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { StateError } from "../../state/errors.js";
import { summarizeDiagnostics } from "../../views/diagnostics/diagnostics-text.js";
import { safe } from "../../core/safe-text.js";
import type { Line } from "../../views/text/line.js";
import { paint, paragraph } from "../../views/text/line.js";
import { styles, wantsColor } from "../../views/text/terminal.js";
import type { Context, ExitCode } from "../context.js";
import { Interrupted } from "./interrupted.js";
import { messageWidth } from "./note.js";
import type { ProblemArgs } from "./problems.js";
import { showProblems } from "./problems.js";
import { UsageError } from "../parse/usage-error.js";

export interface ShowErrorOptions extends ProblemArgs {
  /** Show stacks of what nobody expected. */
  readonly debug: boolean;
  /** Writes the error to stdout too: as a document on a line, or as an event of an apply. */
  readonly jsonForm?: "document" | "event" | undefined;
}

/** Shows what stopped a command, on stderr, in words that help. */
export async function showError(
  error: unknown,
  context: Context,
  options: ShowErrorOptions,
): Promise<ExitCode> {
  const { stderr, stdout } = context;
  const { debug, color, jsonForm } = options;
  const isInterrupted = isInterruption(error, context);
  if (jsonForm !== undefined) {
    const { failureJson, failureEvents } = await import("./failure-report.js");
    const problems = isInterrupted ? [interruption] : toDiagnostics(error);
    stdout.write(jsonForm === "event" ? failureEvents(problems, context) : failureJson(problems, 0, context));
  }
  if (isInterrupted) {
    stderr.write("Interrupted.\n");
    return 130;
  }
  const style = styles(wantsColor(context.env, stderr, color));
  if (error instanceof DiagnosticsError) {
    const { diagnostics } = error;
    showProblems(diagnostics, options, context);
    if (diagnostics.length > 1) stderr.write(`${summarizeDiagnostics(diagnostics)}.\n`);
  } else stderr.write(paint(errorLines(context.repeatOptions(toMessage(error, debug)), context), style));
  // The user interrupted the command; errors on the way are shown anyway.
  return context.abort.aborted ? 130 : 1;
}

/** Returns an error as lines that a terminal does not have to break. */
function errorLines(message: string, { stderr }: Context): readonly Line[] {
  return paragraph(safe(message), { width: messageWidth(stderr), label: [["red", "Error:"]] });
}

const interruption: Diagnostic = {
  severity: "error",
  code: "interrupted",
  summary: "Run interrupted",
  detail: "The run was interrupted before its result.",
};

/** Returns the reasons for which a command stopped, as diagnostics; never empty. */
export function toDiagnostics(error: unknown): readonly Diagnostic[] {
  if (error instanceof DiagnosticsError) return error.diagnostics;
  if (error instanceof StateError) {
    const { code, summary, detail, help } = error;
    return [{ severity: "error", code, summary, detail, help }];
  }
  const stopped = { severity: "error", code: "stopped", summary: "Run stopped" } as const;
  if (error instanceof ApiError && error.advice !== undefined)
    return [{ ...stopped, detail: error.message, help: error.advice }];
  return [{ ...stopped, detail: toMessage(error, false) }];
}

/** Returns true for the error of a wait that Ctrl-C or a signal ended. */
export function isInterruption(error: unknown, { stop, abort }: Pick<Context, "stop" | "abort">): boolean {
  if (error instanceof Interrupted) return true;
  if (!stop.aborted) return false;
  const isAbort = error instanceof Error && (error.name === "AbortError" || error.cause === stop.reason);
  return isAbort || error === stop.reason || (abort.aborted && error === abort.reason);
}

function toMessage(error: unknown, debug: boolean): string {
  if (error instanceof StateError) return `${error.message} (${error.code})`;
  if (error instanceof UsageError) return error.message;
  if (error instanceof ApiError) {
    const { message, advice } = error;
    return advice === undefined ? message : `${message}\n  help: ${advice}`;
  }
  const system = systemProblem(error);
  if (system !== undefined) return `${system}${debug ? getStack(error) : ""}`;
  const message = error instanceof Error ? error.message : String(error);
  return (
    [
      `This is a bug in chatform: ${message.replace(/^This is a bug in chatform: /, "")}`,
      "Please report it, with the output of chatform doctor and of the same command with --debug (they hold no secrets).",
      "All changes until now are recorded. You can safely run the command again.",
    ].join("\n") + (debug ? getStack(error) : "")
  );
}

/** Returns why the operating system refused, in words: `no permission`; undefined for other errors. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "no permission",
    EPERM: "no permission",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    ENOENT: "no such file or folder",
    EISDIR: "the path is a folder",
    ENOTDIR: "a part of the path is not a folder",
    EMFILE: "too many files are open",
  };
  return reasons[String(error.code)];
}

/** Returns the reason for a failure, on one line, in words for system errors. */
export function errorReason(error: unknown): string {
  return (
    systemReason(error) ?? (error instanceof Error ? error.message : String(error)).split("\n", 1).join("")
  );
}

/** Returns the message of an error of the file system: a full disk, a folder without permission. */
function systemProblem(error: unknown): string | undefined {
  const reason = systemReason(error);
  if (!(error instanceof Error) || reason === undefined) return undefined;
  return "path" in error && typeof error.path === "string"
    ? `${error.path}: ${reason}.`
    : `File system: ${reason}.`;
}

function getStack(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const cause =
    error.cause instanceof Error ? `\nCaused by: ${error.cause.stack ?? error.cause.message}` : "";
  return `\n${error.stack ?? ""}${cause}`;
}
