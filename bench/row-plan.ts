import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "./emulator.js";
import type { Environment, Usage } from "./processes.js";
import { runMeasured } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import type { Style } from "./styles.js";
import { styleNames, styles, toYaml } from "./styles.js";
import { settingsById } from "./workload.js";

/** The most users in a file: chatform reads files of at most 20 MB. */
const resourcesInFile = 25_000;

/** A config, and what its plans used, round by round. */
interface Runs {
  readonly style: Style;
  readonly size: number;
  readonly usages: Usage[];
}

/** (d) Measures planning alone: configs of new resources only, and a plan with as many changes as text. */
export async function planAlone(options: BenchOptions): Promise<readonly Result[]> {
  const sizes = [0, scaled(10_000, options), scaled(100_000, options)];
  const all = styles.flatMap((style) => sizes.map((size): Runs => ({ style, size, usages: [] })));
  for (const runs of all) await writeFiles(options, runs);
  // Without a refresh, only the org is read.
  const emulator = await startEmulator({ folder: getFolder(options, all[0]!), seed: {} });
  try {
    await measure(options, all, emulator.env);
  } finally {
    await emulator.stop();
  }
  return styles.flatMap((style) => toResults(all.filter((runs) => runs.style === style)));
}

async function measure(options: BenchOptions, all: readonly Runs[], env: Environment): Promise<void> {
  for (let round = 1; round <= options.rounds; round++) {
    for (const runs of all) {
      options.onProgress(
        `(d) round ${round} of ${options.rounds}: ${runs.size} resources, ${runs.style} style`,
      );
      runs.usages.push(
        await runMeasured(["plan", "--no-refresh", "-f", "files"], { cwd: getFolder(options, runs), env }),
      );
    }
  }
}

/** @param all the configs of one style: of no, some and many resources */
function toResults([none, some, many]: readonly Runs[]): readonly Result[] {
  if (none === undefined || some === undefined || many === undefined) throw new RangeError("too few sizes");
  const { style, size: resources, usages } = many;
  /** CPU time for each resource, without the CPU time of a plan of almost nothing. */
  const perResource = (runs: Runs): readonly number[] =>
    runs.usages.map(({ cpuMs }, round) => ((cpuMs - none.usages[round]!.cpuMs) * 1000) / runs.size);
  const result = (what: string, rest: Omit<Result, "row" | "what" | "detail" | "met">): Result =>
    judged({ row: "d", what: `${what}, ${styleNames[style]}`, ...rest, detail: { resources } });
  const to = (of: (usage: Usage) => number): Result["measured"] => toSpread(usages.map(of));
  return [
    result("chatform plan --no-refresh, CPU time", {
      unit: "ms",
      measured: to(({ cpuMs }) => cpuMs),
      target: { of: "measured", atMost: 5000 },
    }),
    result("memory", {
      unit: "MB",
      measured: to(({ megabytes }) => megabytes),
      target: { of: "measured", atMost: 600 },
    }),
    result("growth of CPU time", {
      unit: "µs per resource",
      measured: toSpread(perResource(many)),
      reference: {
        what: `${some.size.toLocaleString("en-US")} resources`,
        measured: toSpread(perResource(some)),
      },
      ratio: toRatio(perResource(many), perResource(some)),
      target: { of: "ratio", atMost: 1.15 },
    }),
  ];
}

function getFolder(options: BenchOptions, { style, size }: Pick<Runs, "style" | "size">): string {
  return join(options.folder, `plan-${style}-${size}`);
}

/** Writes settings of users as YAML, in as many files as needed. */
async function writeFiles(options: BenchOptions, runs: Runs): Promise<void> {
  const { size, style } = runs;
  const files = join(getFolder(options, runs), "files");
  await mkdir(files, { recursive: true });
  await writeFile(join(files, "org.yaml"), "version: 1\nsettings:\n  reactionsEnabled: true\n");
  for (let from = 0; from < size; from += resourcesInFile) {
    const document = settingsById(from, Math.min(size, from + resourcesInFile), "Always");
    await writeFile(join(files, `users-${from}.yaml`), toYaml(document, style));
  }
}
