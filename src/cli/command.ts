import type { Context, ExitCode } from "./context.js";
import type { OptionTable } from "./parse/option-table.js";

/** A command: its arguments as tables, and the function that runs it. One file of commands/ each. */
export interface Command<Args = unknown> {
  /** Sentences on what the command does; a line break begins a new line. */
  readonly description: string;
  /** Forms of the command line, each with its purpose, where one line can't show them. */
  readonly forms?: readonly CommandLine[];
  readonly examples: readonly CommandLine[];
  /** By the names in the entry's signature. */
  readonly positionals?: OptionTable;
  readonly options: OptionTable;
  /** True if `--json` prints a line of JSON for each event. Missing: it prints one document. */
  readonly printsEvents?: true;
  run(args: Args, context: Context): Promise<ExitCode>;
}

/** A command line without its leading `chatform`, and its purpose. */
export type CommandLine = readonly [line: string, purpose: string];

/** A command in the list of all: its module is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  /** The name and its positional arguments: `import <address> <id>`. */
  readonly signature: string;
  readonly summary: string;
  readonly load: () => Promise<Command<never>>;
}
