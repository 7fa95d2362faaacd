import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEmulator } from "./emulator.js";
import { runChatform } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { inTurn } from "./turns.js";
import { createOrg, settingsById } from "./workload.js";

/** The time that a plan promised for its apply, and the time that the apply took, in milliseconds. */
interface Promised {
  readonly promisedMs: number;
  readonly tookMs: number;
  readonly requests: number;
}

/** (g) Measures rate-limited applies of saved plans against the times that the plans promised. */
export async function estimates(options: BenchOptions): Promise<readonly Result[]> {
  const users = scaled(600, options);
  const perMinute = scaled(300, options, 20);
  const minuteSeconds = scaled(10, options, 1);
  const measure = (size?: string) => (): Promise<Promised> =>
    planAndApply(options, {
      users,
      args: ["--rate-limit", `${perMinute}`, "--minute", `${minuteSeconds}`],
      size,
    });
  const measured = await inTurn("g", options, {
    "1 token": measure("1"),
    "a pool of no given size": measure(),
  });
  return Object.entries(measured).map(([name, rounds]) => {
    const took = rounds.map(({ tookMs }) => tookMs);
    const promised = rounds.map(({ promisedMs }) => promisedMs);
    return judged({
      row: "g",
      what: `rate-limited apply, ${name}`,
      unit: "ms",
      measured: toSpread(took),
      reference: { what: "the plan's own estimate", measured: toSpread(promised) },
      ratio: toRatio(took, promised),
      target: { of: "ratio", atLeast: 0.75, atMost: 1.25 },
      detail: {
        users,
        "requests a minute each": perMinute,
        "seconds a minute": minuteSeconds,
        requests: rounds[0]?.requests ?? 0,
      },
    });
  });
}

async function planAndApply(
  { folder: root }: BenchOptions,
  {
    users,
    args,
    size,
  }: { readonly users: number; readonly args: readonly string[]; readonly size?: string | undefined },
): Promise<Promised> {
  const folder = join(root, `estimate-${size ?? "unset"}`);
  await mkdir(folder, { recursive: true });
  const config = stringify(settingsById(0, users, "Always"), { aliasDuplicateObjects: false });
  await writeFile(join(folder, "chatform.yaml"), config);
  const emulator = await startEmulator({
    folder,
    seed: createOrg({ users, rooms: 0, participants: 0 }),
    args,
  });
  try {
    const env = { ...emulator.env, ...(size === undefined ? {} : { GENESYSCLOUD_TOKEN_POOL_SIZE: size }) };
    await rm(join(folder, "chatform.state.json"), { force: true });
    await runChatform(["plan", "--out", "plan.json"], { cwd: folder, env });
    const { chatform } = JSON.parse(await readFile(join(folder, "plan.json"), "utf8")) as {
      readonly chatform: { readonly cost: { readonly seconds: number; readonly requests: number } };
    };
    const { seconds, requests } = chatform.cost;
    const { ms } = await runChatform(["apply", "plan.json"], { cwd: folder, env });
    return { promisedMs: seconds * 1000, tookMs: ms, requests };
  } finally {
    await emulator.stop();
  }
}
