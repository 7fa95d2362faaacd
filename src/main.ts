#!/usr/bin/env node
import { VERSION } from "./core/version.js";

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "version")) {
  // Nothing else is loaded for this.
  process.stdout.write(`${VERSION}\n`);
} else {
  await main();
}

async function main(): Promise<void> {
  const stop = new AbortController();
  const abort = new AbortController();
  const interrupted = (): void => {
    if (stop.signal.aborted) abort.abort(new Error("interrupted"));
    else stop.abort(new Error("interrupted"));
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", interrupted);
  // A reader that has seen enough (head) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const { run } = await import("./cli/run.js");
  process.exitCode = await run(argv, {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    stop: stop.signal,
    abort: abort.signal,
  });
  process.off("SIGINT", interrupted);
  process.off("SIGTERM", interrupted);
}
