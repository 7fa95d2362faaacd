import type { Readable, Writable } from "node:stream";

/** A stream for output, possibly a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** The parts of the process that a command uses; tests provide their own. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Returns the current time. */
  readonly now: () => Date;
  /** Aborted by the first Ctrl-C or SIGTERM: start nothing new, let requests in flight finish. */
  readonly stop: AbortSignal;
  /** Aborted by the second signal: end at once. */
  readonly abort: AbortSignal;
}

/** 0: done, or nothing to do. 1: error. 2: there are changes (--detailed-exitcode) or drift. 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;
