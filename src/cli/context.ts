import type { Readable, Writable } from "node:stream";

/** A stream that a person may be looking at. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** Everything that a command needs of the process, so that tests can give their own. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** The time; a parameter so that tests can hold it still. */
  readonly now: () => Date;
  /** Aborted by the first Ctrl-C or SIGTERM: start nothing new, let what is in flight finish. */
  readonly stop: AbortSignal;
  /** Aborted by the second: end at once. */
  readonly abort: AbortSignal;
}

/** 0: done, or nothing to do. 1: error. 2: there are changes (--detailed-exitcode) or drift. 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;
