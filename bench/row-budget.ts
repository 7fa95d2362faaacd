import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEmulator } from "./emulator.js";
import { runChatform } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toSpread } from "./statistics.js";
import { inTurn } from "./turns.js";
import { createOrg, settingsById } from "./workload.js";

/** A number of tokens, and the name of its rounds. */
const pools = [
  ["1 token", 1],
  ["4 tokens", 4],
  ["10 tokens", 10],
] as const;

/** A job that takes several minutes of budget, in an emulator whose minute lasts three seconds. */
interface Job {
  readonly tokens: number;
  /** Requests a minute of each token: the service's published number. */
  readonly perMinute: number;
  readonly minuteSeconds: number;
  readonly minutes: number;
}

/** (f) Measures the share of the budget that is used at a rate limit. */
export async function budgetUsed(options: BenchOptions): Promise<readonly Result[]> {
  const perMinute = scaled(300, options, 20);
  const minuteSeconds = scaled(3, options, 1);
  const minutes = scaled(3, options, 1);
  const refusals = new Map<number, number[]>(pools.map(([, tokens]) => [tokens, []]));
  const measure = (tokens: number) => async (): Promise<number> => {
    const { share, refused } = await runJob(options, { tokens, perMinute, minuteSeconds, minutes });
    refusals.get(tokens)?.push(refused);
    return share;
  };
  const shares = await inTurn("f", options, {
    "1 token": measure(1),
    "4 tokens": measure(4),
    "10 tokens": measure(10),
  });
  return pools.map(([name, tokens]) =>
    judged({
      row: "f",
      what: "share of the request budget used",
      unit: "%",
      measured: toSpread(shares[name]),
      target: { of: "measured", atLeast: 97 },
      detail: {
        tokens,
        "requests a minute each": perMinute,
        "requests refused": toSpread(refusals.get(tokens) ?? [0]).median,
      },
    }),
  );
}

/**
 * Returns the share of the budget that was used. The budget is used up after `minutes` at the earliest, so the time of the
 * first request beyond it gives the share.
 */
async function runJob(
  options: BenchOptions,
  { tokens, perMinute, minuteSeconds, minutes }: Job,
): Promise<{ readonly share: number; readonly refused: number }> {
  const budget = tokens * perMinute * minutes;
  const users = budget + perMinute;
  const folder = join(options.folder, `budget-${tokens}`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "chatform.yaml"),
    stringify(settingsById(0, users), { aliasDuplicateObjects: false }),
  );
  const args = ["--rate-limit", String(perMinute), "--minute", String(minuteSeconds)];
  const emulator = await startEmulator({
    folder,
    seed: createOrg({ users, rooms: 0, participants: 0 }),
    args,
  });
  try {
    const env = { ...emulator.env, GENESYSCLOUD_TOKEN_POOL_SIZE: String(tokens) };
    await runChatform(["plan"], { cwd: folder, env });
    const log = (await emulator.requests()).filter(({ operation }) => operation !== "token");
    const accepted = log.filter(({ status }) => status !== 429);
    const needed = accepted[budget]!.at - accepted[0]!.at;
    return { share: (100 * minutes * minuteSeconds * 1000) / needed, refused: log.length - accepted.length };
  } finally {
    await emulator.stop();
  }
}
