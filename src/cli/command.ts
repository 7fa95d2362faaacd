import type { Argv } from "yargs";
import type { Context, ExitCode } from "./context.js";

/** A command: what it takes, and what it does. One file of commands/ each: parse, engine, view. */
export interface Command<Args = unknown> {
  /** `$0 plan`: with its positional arguments. */
  readonly usage: string;
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** What its first argument may be, for shells to complete, where that is not among its choices. */
  readonly words?: readonly string[];
  /** Adds what the command takes: positional arguments and options. */
  options(yargs: Argv): unknown;
  run(args: Args, context: Context): Promise<ExitCode>;
}

/** A command as the overview lists it: its file is loaded when it is used. */
export interface CommandEntry {
  readonly name: string;
  /** With its positional arguments, as yargs wants them: `import <address> <id>`. */
  readonly signature: string;
  readonly summary: string;
  readonly load: () => Promise<Command<never>>;
}
