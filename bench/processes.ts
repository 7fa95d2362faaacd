import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/** The built program. */
export const binPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  /** Exit codes that are not failures; default 0 only. */
  readonly codes?: readonly number[];
}

export interface Finished {
  /** Milliseconds from the start of the process to its end. */
  readonly ms: number;
  readonly stdout: string;
}

/** The resources that a process used. */
export interface Usage extends Finished {
  readonly cpuMs: number;
  /** Peak resident memory. */
  readonly megabytes: number;
}

/** Runs Node with these arguments and waits for its end. @throws Error with its output if it fails. */
export async function runNode(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: toEnvironment(options.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const ms = performance.now() - began;
  if (code === null || !(options.codes ?? [0]).includes(code))
    throw new Error(
      `node ${args.join(" ")} ended with ${code ?? "a signal"}:\n${stderr}${stdout.slice(-2000)}`,
    );
  return { ms, stdout };
}

/** Runs chatform. @throws Error with its output if it fails. */
export function runChatform(args: readonly string[], options: RunOptions): Promise<Finished> {
  return runNode([binPath, ...args], options);
}

/** Runs chatform and returns the resources that the process used, which it reports itself at its end. */
export async function runMeasured(args: readonly string[], options: RunOptions): Promise<Usage> {
  const folder = await mkdtemp(join(tmpdir(), "chatform-usage-"));
  try {
    const file = join(folder, "usage.json");
    const env = { ...options.env, BENCH_USAGE_FILE: file };
    const finished = await runNode(["--import", usageHook, binPath, ...args], { ...options, env });
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(
      await readFile(file, "utf8"),
    ) as NodeJS.ResourceUsage;
    return { ...finished, cpuMs: (userCPUTime + systemCPUTime) / 1000, megabytes: maxRSS / 1024 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const usageHook = new URL("./usage-hook.js", import.meta.url).href;

/** An environment without colours, proxies and credentials of the developer's shell. */
export function toEnvironment(env: Environment = {}): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: tmpdir(), NO_COLOR: "1", ...env };
}

/** A script of references/. */
export function referencePath(name: "undici" | "sdk" | "minimal"): string {
  return fileURLToPath(new URL(`./references/${name}.js`, import.meta.url));
}
