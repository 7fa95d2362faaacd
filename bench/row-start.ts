import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "./emulator.js";
import type { RunOptions } from "./processes.js";
import { runChatform, runNode } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { inTurn } from "./turns.js";

const configs = fileURLToPath(new URL("../../bench/start/", import.meta.url));

/** A start is so short that it needs many measurements. */
const startsInRound = 5;

/** (e) Measures startup, and reading files of a usual size. */
export async function startTimes(options: BenchOptions): Promise<readonly Result[]> {
  const cwd = join(options.folder, "start");
  await mkdir(cwd, { recursive: true });
  await cp(configs, cwd, { recursive: true });
  const seed: unknown = JSON.parse(await readFile(join(cwd, "contact-centre.seed.json"), "utf8"));
  // Messages need a user.
  const args = ["--user", "jane.doe@example.com"];
  const emulator = await startEmulator({ folder: cwd, seed, args });
  try {
    return await measure(options, { cwd, env: emulator.env });
  } finally {
    await emulator.stop();
  }
}

async function measure(options: BenchOptions, run: RunOptions): Promise<readonly Result[]> {
  const files = ["-f", "contact-centre", "--var-file", "contact-centre.vars.yaml"];
  const chatform =
    (...args: readonly string[]) =>
    async () =>
      (await runChatform(args, run)).ms;
  // The state now holds all user ids: without a refresh, only members of groups are read.
  await runChatform(["apply", "--auto-approve", "--allow-data-loss", ...files], run);
  const times = await inTurn(
    "e",
    { ...options, rounds: options.rounds * startsInRound },
    {
      node: async () => (await runNode(["-e", "0"])).ms,
      version: chatform("--version"),
      validate: chatform("validate", ...files),
      plan: chatform("plan", "--no-refresh", ...files),
    },
  );
  const result = (what: string, measured: readonly number[], atMost?: number): Result =>
    judged({
      row: "e",
      what,
      unit: "ms",
      measured: toSpread(measured),
      reference: { what: "node -e 0", measured: toSpread(times.node) },
      ratio: toRatio(measured, times.node),
      ...(atMost === undefined ? {} : { target: { of: "ratio", atMost } }),
      detail: {},
    });
  return [
    result("chatform --version", times.version, 1.35),
    result("chatform validate -f bench/start/contact-centre", times.validate, 4),
    result("chatform plan --no-refresh -f bench/start/contact-centre", times.plan, 8),
  ];
}
