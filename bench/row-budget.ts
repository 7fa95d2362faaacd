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

/** A job that takes several minutes of budget, in an emulator whose minute is short. */
interface Job {
  readonly tokens: number;
  /** Requests a minute of each token: the service's published number. */
  readonly perMinute: number;
  readonly minuteSeconds: number;
  readonly minutes: number;
}

/**
 * Ten tokens reach the limit of all tokens together. No response tells when its window ends: chatform adds a second to each minute, of
 * whatever length, so that a shorter one would measure that second.
 */
const pools = [
  { name: "1 token", tokens: 1, minuteSeconds: 3, minutes: 3, atLeast: 97 },
  { name: "4 tokens", tokens: 4, minuteSeconds: 10, minutes: 2, atLeast: 97 },
  { name: "10 tokens", tokens: 10, minuteSeconds: 20, minutes: 2, atLeast: 94 },
] as const;

/** (f) Measures the share of the budget that is used at a rate limit. */
export async function budgetUsed(options: BenchOptions): Promise<readonly Result[]> {
  const perMinute = scaled(300, options, 20);
  const refusals = new Map<string, number[]>(pools.map(({ name }) => [name, []]));
  const measure = (at: 0 | 1 | 2) => async (): Promise<number> => {
    const { name, tokens, ...pool } = pools[at];
    const minuteSeconds = scaled(pool.minuteSeconds, options, 1);
    const minutes = scaled(pool.minutes, options, 1);
    const { share, refused } = await runJob(options, { tokens, perMinute, minuteSeconds, minutes });
    refusals.get(name)?.push(refused);
    return share;
  };
  const shares = await inTurn("f", options, {
    "1 token": measure(0),
    "4 tokens": measure(1),
    "10 tokens": measure(2),
  });
  return pools.map(({ name, tokens, minuteSeconds, atLeast }) =>
    judged({
      row: "f",
      what: "share of the request budget used",
      unit: "%",
      measured: toSpread(shares[name]),
      target: { of: "measured", atLeast },
      detail: {
        tokens,
        "requests a minute each": perMinute,
        "seconds a minute": minuteSeconds,
        "requests refused": toSpread(refusals.get(name) ?? [0]).median,
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
