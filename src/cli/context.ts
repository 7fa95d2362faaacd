import type { Readable, Writable } from "node:stream";
import type { Secrets } from "./masking/secrets.js";
import type { StatusLine } from "./output/status-line.js";

/** A stream for output, possibly a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** The parts of the process that chatform uses; tests provide their own. */
export interface Process {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Returns standard input, always the same stream. A function, as Node takes milliseconds to open it. */
  readonly stdin: () => Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Returns the current time. */
  readonly now: () => Date;
  /** Aborted by the first Ctrl-C or SIGTERM: start nothing new, let requests in flight finish. */
  readonly stop: AbortSignal;
  /** Aborted by the second signal: end at once. */
  readonly abort: AbortSignal;
}

/** The process as a command sees it: the streams mask secrets. */
export interface Context extends Process {
  /** Values that no output may show. A command masks what it writes elsewhere: in reports and notifications. */
  readonly secrets: Secrets;
  /** Missing without a terminal. */
  readonly status?: StatusLine;
  /** Returns a text whose commands have the options of this run by which they find the same config, environment, state and org. */
  readonly repeatOptions: (text: string) => string;
}

/** 0: done, or nothing to do. 1: error. 2: there are changes (--detailed-exitcode) or drift. 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;
