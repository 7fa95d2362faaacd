import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built program: `npm run build` makes it. */
const binPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface BinResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BinOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Given what the program writes to stdout, as it comes. */
  readonly onStdout?: (text: string) => void;
  /** Given what the program writes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void;
  /** Told of the process once it runs, to kill it. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Matches a warning of Node, which is a defect: an unclosed handle, too many listeners, a deprecated API. */
const nodeWarning = /^\(node:\d+\) .*$/m;

/** Runs the program as a user would, without a terminal. */
export async function runBin(args: readonly string[], options: BinOptions): Promise<BinResult> {
  const child = spawn(process.execPath, [binPath, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], HOME: options.cwd, NO_COLOR: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    options.onStdout?.(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    options.onStderr?.(text);
  });
  child.stdin.end(options.stdin ?? "");
  options.onStart?.((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const warning = nodeWarning.exec(stderr);
      if (warning === null) resolve({ code, signal, stdout, stderr });
      else reject(new Error(`Node warned in chatform ${args.join(" ")}: ${warning[0]}`));
    });
  });
}
