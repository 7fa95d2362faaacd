import { PassThrough, Readable } from "node:stream";
import type { ExitCode } from "../../src/cli/context.js";
import { run } from "../../src/cli/run.js";

export interface RunResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, without a terminal. */
export async function runCli(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
    readonly stop?: AbortSignal;
  },
): Promise<RunResult> {
  const stdin = Readable.from([options.stdin ?? ""]);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const read = (stream: PassThrough): (() => string) => {
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    return () => text;
  };
  const [out, err] = [read(stdout), read(stderr)];
  const code = await run(args, {
    cwd: options.cwd,
    env: { HOME: options.cwd, NO_COLOR: "1", ...options.env },
    stdin: () => stdin,
    stdout,
    stderr,
    now: () => new Date(),
    stop: options.stop ?? new AbortController().signal,
    abort: new AbortController().signal,
  });
  // What was written arrives in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  return { code, stdout: out(), stderr: err() };
}
