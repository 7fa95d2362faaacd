import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RunningEmulator } from "./emulator.js";
import { startEmulator } from "./emulator.js";
import { referencePath, runChatform, runNode } from "./processes.js";
import type { Recording } from "./recording.js";
import { toRecording } from "./recording.js";
import type { Distance, Times } from "./requests.js";
import { atOnce, away, besideUndici, eachDistance, timed } from "./requests.js";
import type { BenchOptions, Result } from "./row.js";
import { scaled } from "./row.js";
import { inTurn } from "./turns.js";
import { email, filesToApply, createOrg } from "./workload.js";

/** (c) Measures the time that chatform adds to the requests of an apply. Each round begins with the same org. */
export function applyBesideUndici(options: BenchOptions): Promise<readonly Result[]> {
  return eachDistance([atOnce, away], (distance) => applyAt(options, distance));
}

async function applyAt(
  options: BenchOptions,
  { share, latencyMs, text }: Distance,
): Promise<readonly Result[]> {
  const sizes = {
    users: scaled(2000 * share, options),
    rooms: scaled(200 * share, options),
    participants: 50,
  };
  const folder = join(options.folder, `apply-${latencyMs}`);
  await mkdir(folder, { recursive: true });
  const files = stringify(filesToApply(sizes), { aliasDuplicateObjects: false });
  await writeFile(join(folder, "chatform.yaml"), files);
  const withEmulator = async <T>(work: (emulator: RunningEmulator) => Promise<T>): Promise<T> => {
    const args = ["--latency", String(latencyMs)];
    const emulator = await startEmulator({ folder, seed: createOrg({ ...sizes, rooms: 0 }), args });
    try {
      return await work(emulator);
    } finally {
      await emulator.stop();
    }
  };
  const apply = async (emulator: RunningEmulator): Promise<Times> => {
    for (const file of ["chatform.state.json", "chatform.state.json.journal"])
      await rm(join(folder, file), { force: true });
    return timed(emulator, () =>
      runChatform(["apply", "--auto-approve"], { cwd: folder, env: emulator.env }),
    );
  };
  const recording = await withEmulator(async (emulator): Promise<Recording> => {
    await apply(emulator);
    const { rooms } = await emulator.org();
    const made = new Map(rooms.map(({ subject, jid }) => [subject, jid]));
    return toRecording(await emulator.requests(), made);
  });
  const file = join(folder, "requests.json");
  await writeFile(file, JSON.stringify(recording));
  const times = await inTurn("c", options, {
    chatform: () => withEmulator(apply),
    undici: () =>
      withEmulator(async (emulator) => {
        const env = { TOKEN: await emulator.token(email(0)) };
        return timed(emulator, () => runNode([referencePath("undici"), file, emulator.url, "10"], { env }));
      }),
  });
  const detail = { ...sizes, requests: recording.requests.length };
  const atMost = latencyMs === 0 ? 1.5 : 1.08;
  return besideUndici({ row: "c", what: `chatform apply${text}`, detail, atMost }, times);
}
