#!/usr/bin/env node
import { writeSync } from "node:fs";
import { VERSION } from "./core/version.js";

const words = process.argv.slice(2);
const isVersion = words.length === 1 && (words[0] === "--version" || words[0] === "version");
if (!isVersion || !writesVersion()) void main(isVersion ? ["--version"] : words);

/** Writes the version without anything else being loaded, also no stream. Returns false where that fails: the streams tell why. */
function writesVersion(): boolean {
  try {
    writeSync(1, `${VERSION}\n`);
    return true;
  } catch {
    return false;
  }
}

/** Runs a command line, and sets the exit code of the process. */
async function main(argv: readonly string[]): Promise<void> {
  const finish = expectEnd();
  const { stop, abort, release } = catchSignals();
  const output = watchOutput();
  keepCompiledCode();
  const { run } = await import("./cli/run.js");
  const code = await run(argv, {
    cwd: process.cwd(),
    env: process.env,
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    stop,
    abort,
  });
  release();
  process.exitCode = (await output.isBroken()) ? 1 : code;
  finish();
}

/** Makes the process fail if it ends while a run still waits, which would be a bug: Node would end it with success. */
function expectEnd(): () => void {
  const fail = (): void => {
    process.exitCode = 1;
    process.stderr.write("Error: This is a bug in chatform: the run stopped before its end\n");
  };
  process.once("beforeExit", fail);
  return () => process.off("beforeExit", fail);
}

/**
 * Has Node 22.1 and later keep compiled code for the next start, in a folder of the user's: whoever could write into the default one,
 * a shared folder for temporary files, could run code here. NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 ends it.
 */
function keepCompiledCode(): void {
  // Node 20 can't, and takes a millisecond to load the module.
  if (process.version.startsWith("v20.")) return;
  const { enableCompileCache } = process.getBuiltinModule("node:module") as {
    readonly enableCompileCache?: (folder: string) => unknown;
  };
  if (enableCompileCache === undefined) return;
  const os = process.getBuiltinModule("node:os");
  const path = process.getBuiltinModule("node:path");
  enableCompileCache(
    path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "chatform"),
  );
}

/** Turns signals into aborts: the first stops gracefully, the second at once; the third ends the process. */
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

/** Catches errors of the output. A closed pipe (head) is not an error; a full disk is, but must not end a run halfway. */
function watchOutput(): { readonly isBroken: () => Promise<boolean> } {
  let broken = false;
  const { stdout, stderr } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || broken) return;
    broken = true;
    stderr.write(`Error: Cannot write the output: ${error.message}.\n`);
  });
  stderr.on("error", () => undefined);
  return {
    // Write errors come late: wait until everything is written or has failed.
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
