import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEmulator } from "./emulator.js";
import type { RunningEmulator } from "./emulator.js";
import { referencePath, runChatform, runNode } from "./processes.js";
import { toRecording } from "./recording.js";
import type { Distance, Times } from "./requests.js";
import { atOnce, away, besideUndici, eachDistance, timed } from "./requests.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { inTurn } from "./turns.js";
import type { Sizes } from "./workload.js";
import { email, filesAsLive, createOrg } from "./workload.js";

interface World {
  readonly sizes: Sizes;
  readonly distance: Distance;
  readonly folder: string;
  readonly emulator: RunningEmulator;
  readonly plan: () => Promise<Times>;
}

/** An org, and a file that declares all of it. */
async function withWorld<T>(
  options: BenchOptions,
  distance: Distance,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const { share, latencyMs } = distance;
  const sizes = {
    users: scaled(10_000 * share, options),
    rooms: scaled(1000 * share, options),
    participants: 50,
  };
  const folder = join(options.folder, `refresh-${latencyMs}`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "chatform.yaml"),
    stringify(filesAsLive(sizes), { aliasDuplicateObjects: false }),
  );
  const emulator = await startEmulator({
    folder,
    seed: createOrg(sizes),
    args: ["--latency", String(latencyMs)],
  });
  const plan = async (): Promise<Times> => {
    await emulator.clearRequests();
    return timed(emulator, () => runChatform(["plan"], { cwd: folder, env: emulator.env }));
  };
  try {
    return await work({ sizes, distance, folder, emulator, plan });
  } finally {
    await emulator.stop();
  }
}

/** (a) Measures the time that chatform adds to the requests of a refresh. */
export async function refreshBesideUndici(options: BenchOptions): Promise<readonly Result[]> {
  return eachDistance([atOnce, away], (distance) =>
    withWorld(options, distance, (world) => besideItsRequests(options, world)),
  );
}

async function besideItsRequests(
  options: BenchOptions,
  { sizes, distance, folder, emulator, plan }: World,
): Promise<readonly Result[]> {
  await plan();
  const recording = toRecording(await emulator.requests());
  const file = join(folder, "requests.json");
  await writeFile(file, JSON.stringify(recording));
  const env = { TOKEN: await emulator.token(email(0)) };
  const times = await inTurn("a", options, {
    chatform: plan,
    undici: async () => {
      await emulator.clearRequests();
      return timed(emulator, () => runNode([referencePath("undici"), file, emulator.url, "10"], { env }));
    },
  });
  const detail = { ...sizes, requests: recording.requests.length };
  const atMost = distance.latencyMs === 0 ? 1.25 : 1.05;
  return besideUndici({ row: "a", what: `chatform plan${distance.text}`, detail, atMost }, times);
}

/** (b) Measures the same plan by a script with the vendor's SDK, one call after the other, and 10 at once. */
export async function refreshBesideSdk(options: BenchOptions): Promise<readonly Result[]> {
  // One call after the other is slow.
  return eachDistance([atOnce, { ...away, share: 0.05 }], (distance) =>
    withWorld(options, distance, (world) => besideScripts(options, world)),
  );
}

async function besideScripts(
  options: BenchOptions,
  { sizes, distance, folder, emulator, plan }: World,
): Promise<readonly Result[]> {
  const file = join(folder, "wanted.json");
  await writeFile(file, JSON.stringify(filesAsLive(sizes)));
  const env = { TOKEN: await emulator.token(email(0)) };
  const script = (atOnce: number) => async () =>
    (await runNode([referencePath("sdk"), file, emulator.url, String(atOnce)], { env })).ms;
  const times = await inTurn("b", options, {
    chatform: async () => (await plan()).wholeMs,
    "10 at once": script(10),
    "one after the other": script(1),
  });
  const against = (name: "one after the other" | "10 at once", atMost: number): Result =>
    judged({
      row: "b",
      what: `chatform plan${distance.text}`,
      unit: "ms",
      measured: toSpread(times.chatform),
      reference: { what: `a script with the vendor's SDK, ${name}`, measured: toSpread(times[name]) },
      ratio: toRatio(times.chatform, times[name]),
      target: { of: "ratio", atMost },
      detail: { ...sizes },
    });
  return [against("one after the other", 0.1), against("10 at once", 1)];
}
