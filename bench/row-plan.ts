import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEmulator } from "./emulator.js";
import type { Environment, Usage } from "./processes.js";
import { runMeasured } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { settingsById } from "./workload.js";

/** The most users in a file: chatform reads files of at most 20 MB. */
const resourcesInFile = 25_000;

/** (d) Measures planning alone: configs of new resources only, and a plan with as many changes as text. */
export async function planAlone(options: BenchOptions): Promise<readonly Result[]> {
  const sizes = [1000, 10_000, 100_000].map((size) => scaled(size, options));
  const runs = new Map<number, Usage[]>([0, ...sizes].map((size) => [size, []]));
  for (const size of runs.keys()) await writeFiles(options, size);
  // Without a refresh, only the org is read.
  const emulator = await startEmulator({ folder: getFolder(options, 0), seed: {} });
  try {
    await measure(options, runs, emulator.env);
  } finally {
    await emulator.stop();
  }
  return toResults(sizes, runs);
}

async function measure(
  options: BenchOptions,
  runs: ReadonlyMap<number, Usage[]>,
  env: Environment,
): Promise<void> {
  for (let round = 1; round <= options.rounds; round++) {
    for (const [size, measured] of runs) {
      options.onProgress(`(d) round ${round} of ${options.rounds}: ${size} resources`);
      measured.push(
        await runMeasured(["plan", "--no-refresh", "-f", "files"], { cwd: getFolder(options, size), env }),
      );
    }
  }
}

function toResults(sizes: readonly number[], runs: ReadonlyMap<number, readonly Usage[]>): readonly Result[] {
  const [least = 0, , most = 0] = sizes;
  const usage = (size: number): readonly Usage[] => runs.get(size) ?? [];
  /** CPU time for each resource, without the CPU time of a plan of almost nothing. */
  const perResource = (size: number): readonly number[] =>
    usage(size).map(({ cpuMs }, round) => ((cpuMs - usage(0)[round]!.cpuMs) * 1000) / size);
  return [
    ...sizes.map((size): Result => {
      const target = size === most ? { target: { of: "measured", atMost: 3000 } as const } : {};
      const measured = toSpread(usage(size).map(({ ms }) => ms));
      const cpu = toSpread(usage(size).map(({ cpuMs }) => cpuMs)).median;
      return judged({
        row: "d",
        what: "chatform plan --no-refresh",
        unit: "ms",
        measured,
        ...target,
        detail: { resources: size, "ms of CPU": Math.round(cpu) },
      });
    }),
    judged({
      row: "d",
      what: "memory",
      unit: "MB",
      measured: toSpread(usage(most).map(({ megabytes }) => megabytes)),
      target: { of: "measured", atMost: 700 },
      detail: { resources: most },
    }),
    judged({
      row: "d",
      what: "CPU time",
      unit: "µs per resource",
      measured: toSpread(perResource(most)),
      reference: {
        what: `${least.toLocaleString("en-US")} resources`,
        measured: toSpread(perResource(least)),
      },
      ratio: toRatio(perResource(most), perResource(least)),
      target: { of: "ratio", atMost: 1.3 },
      detail: { resources: most },
    }),
  ];
}

function getFolder(options: BenchOptions, size: number): string {
  return join(options.folder, `plan-${size}`);
}

/** Writes settings of `size` users as YAML, in as many files as needed. */
async function writeFiles(options: BenchOptions, size: number): Promise<void> {
  const files = join(getFolder(options, size), "files");
  await mkdir(files, { recursive: true });
  await writeFile(join(files, "org.yaml"), "version: 1\nsettings:\n  reactionsEnabled: true\n");
  for (let from = 0; from < size; from += resourcesInFile) {
    const document = settingsById(from, Math.min(size, from + resourcesInFile), "Always");
    await writeFile(join(files, `users-${from}.yaml`), stringify(document, { aliasDuplicateObjects: false }));
  }
}
