#!/usr/bin/env node
import { VERSION } from "./core/version.js";

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "version")) {
  // Nothing else is loaded for this.
  const output = watchOutput();
  process.stdout.write(`${VERSION}\n`);
  if (await output.isBroken()) process.exitCode = 1;
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const { stop, abort, release } = catchSignals();
  const output = watchOutput();
  const { run } = await import("./cli/run.js");
  const code = await run(argv, {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    stop,
    abort,
  });
  release();
  return (await output.isBroken()) ? 1 : code;
}

/** The first signal asks to stop, the second to stop at once; the third does not ask. */
function catchSignals(): {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  readonly release: () => void;
} {
  const stop = new AbortController();
  const abort = new AbortController();
  const interrupted = (): void => {
    if (abort.signal.aborted) process.exit(130);
    if (stop.signal.aborted) abort.abort(new Error("interrupted"));
    else stop.abort(new Error("interrupted"));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return {
    stop: stop.signal,
    abort: abort.signal,
    release: () => {
      for (const signal of signals) process.off(signal, interrupted);
    },
  };
}

/** A reader that has seen enough (head) is no failure; a full disk is, and it must not end a run halfway. */
function watchOutput(): { readonly isBroken: () => Promise<boolean> } {
  let broken = false;
  const { stdout, stderr } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || broken) return;
    broken = true;
    stderr.write(`Error: The output can't be written: ${error.message}.\n`);
  });
  stderr.on("error", () => undefined);
  return {
    // Errors of writing come late: this waits until all is written, or is known not to be.
    isBroken: () =>
      new Promise((resolve) => {
        stdout.write("", () => {
          setImmediate(() => {
            resolve(broken);
          });
        });
      }),
  };
}
