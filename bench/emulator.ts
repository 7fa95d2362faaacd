import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./processes.js";
import { binPath, toEnvironment } from "./processes.js";

/** A request in the emulator's log. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body?: unknown;
  readonly operation?: string;
  /** Milliseconds of the emulator's clock. */
  readonly at: number;
  readonly status: number;
}

/** An emulator in a process of its own, so that its CPU time is not measured. */
export interface RunningEmulator {
  readonly url: string;
  /** The variables that make chatform use the emulator. */
  readonly env: Environment;
  requests(): Promise<readonly LoggedRequest[]>;
  clearRequests(): Promise<void>;
  /** The org, as a seed. */
  org(): Promise<{ readonly rooms: readonly { readonly jid: string; readonly subject: string }[] }>;
  /** A user's access token. */
  token(user: string): Promise<string>;
  stop(): Promise<void>;
}

export interface EmulatorRequest {
  /** The file to which its seed is written. */
  readonly folder: string;
  readonly seed: unknown;
  /** Further arguments of `chatform emulate`. */
  readonly args?: readonly string[];
}

/** Starts `chatform emulate`, without a rate limit unless `args` set one. */
export async function startEmulator({ folder, seed, args = [] }: EmulatorRequest): Promise<RunningEmulator> {
  const file = join(folder, "seed.json");
  await writeFile(file, JSON.stringify(seed));
  const limit = args.includes("--rate-limit") ? [] : ["--rate-limit", "0"];
  const child = spawn(process.execPath, [binPath, "emulate", "--seed", file, ...limit, ...args], {
    env: toEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const env = await readGreeting(child.stdout.setEncoding("utf8"));
  const url = env["CHATFORM_API_URL"] ?? "";
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response: unknown = await (await fetch(`${url}/_emulator/${path}`, init)).json();
    return response;
  };
  return {
    url,
    env,
    async requests() {
      const log = (await control("GET", "requests")) as { readonly requests: readonly LoggedRequest[] };
      return log.requests;
    },
    async clearRequests() {
      await control("DELETE", "requests");
    },
    org: async () => (await control("GET", "org")) as Awaited<ReturnType<RunningEmulator["org"]>>,
    async token(user) {
      return ((await control("POST", "tokens", { user })) as { readonly access_token: string }).access_token;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Reads the variables that the emulator prints. @throws Error if it ends before. */
async function readGreeting(stdout: AsyncIterable<string>): Promise<Environment> {
  let text = "";
  for await (const part of stdout) {
    text += part;
    if (!text.includes("_emulator/requests")) continue;
    return Object.fromEntries(
      [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(
        ([, name = "", value = ""]) => [name, value] as const,
      ),
    );
  }
  throw new Error(`the emulator did not start: ${text}`);
}
