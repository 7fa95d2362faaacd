import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "./emulator.js";
import { referencePath, runChatform, runNode } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { inTurn } from "./turns.js";
import { createOrg, email, filesAsLive } from "./workload.js";

const sizes = { users: 10, rooms: 0, participants: 0 };

/** Small jobs are so short that they need many measurements. */
const runsInRound = 5;

/** (h) Measures a small job, where people wait for the start, beside the least script that does the same. */
export async function smallJob(options: BenchOptions): Promise<readonly Result[]> {
  const folder = join(options.folder, "small");
  await mkdir(folder, { recursive: true });
  // JSON is YAML too.
  await writeFile(join(folder, "chatform.yaml"), JSON.stringify(filesAsLive(sizes)));
  const emulator = await startEmulator({ folder, seed: createOrg(sizes) });
  try {
    const env = { TOKEN: await emulator.token(email(0)) };
    const times = await inTurn(
      "h",
      { ...options, rounds: options.rounds * runsInRound },
      {
        chatform: async () => (await runChatform(["plan"], { cwd: folder, env: emulator.env })).ms,
        script: async () =>
          (await runNode([referencePath("minimal"), join(folder, "chatform.yaml"), emulator.url], { env }))
            .ms,
      },
    );
    return [
      judged({
        row: "h",
        what: "chatform plan",
        unit: "ms",
        measured: toSpread(times.chatform),
        reference: { what: "a script with fetch, without any library", measured: toSpread(times.script) },
        ratio: toRatio(times.chatform, times.script),
        detail: { users: sizes.users },
      }),
    ];
  } finally {
    await emulator.stop();
  }
}
