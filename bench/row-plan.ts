import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "./emulator.js";
import type { Environment, Usage } from "./processes.js";
import { runMeasured } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import type { Style } from "./styles.js";
import { styleNames, styles, toFiles } from "./styles.js";

/** The most users in a file: chatform reads files of at most 20 MB. */
const resourcesInFile = 25_000;

/** A config, and what its plans used, round by round. */
interface Runs {
  readonly style: Style;
  readonly size: number;
  /** The limit of the heap, in MB. Missing: that of Node. */
  readonly heap?: number;
  readonly usages: Usage[];
}

/** (d) Measures planning alone: configs of new resources only, and a plan with as many changes as text. */
export async function planAlone(options: BenchOptions): Promise<readonly Result[]> {
  const sizes = [0, scaled(10_000, options), scaled(100_000, options)];
  const all = styles.flatMap((style) => sizes.map((size): Runs => ({ style, size, usages: [] })));
  const most: Runs = { style: "block", size: scaled(300_000, options), heap: 2048, usages: [] };
  for (const runs of [...all, most]) await writeFiles(options, runs);
  // Without a refresh, only the org is read.
  const emulator = await startEmulator({ folder: getFolder(options, most), seed: {} });
  try {
    await measure(options, [...all, most], emulator.env);
  } finally {
    await emulator.stop();
  }
  const ofStyle = (style: Style): readonly Runs[] => all.filter((runs) => runs.style === style);
  const [none, , many] = ofStyle(most.style);
  return [
    ...styles.flatMap((style) => toResults(ofStyle(style))),
    growth(`growth of CPU time, with a heap of 2 GB`, { none: none!, less: many!, more: most }),
  ];
}

async function measure(options: BenchOptions, all: readonly Runs[], env: Environment): Promise<void> {
  for (let round = 1; round <= options.rounds; round++) {
    for (const runs of all) {
      options.onProgress(
        `(d) round ${round} of ${options.rounds}: ${runs.size} resources, ${runs.style} style`,
      );
      const heap: Environment =
        runs.heap === undefined ? {} : { NODE_OPTIONS: `--max-old-space-size=${runs.heap}` };
      const surroundings = { cwd: getFolder(options, runs), env: { ...env, ...heap } };
      runs.usages.push(await runMeasured(["plan", "--no-refresh", "-f", "files"], surroundings));
    }
  }
}

/** @param all the configs of one style: of no, some and many resources */
function toResults([none, some, many]: readonly Runs[]): readonly Result[] {
  if (none === undefined || some === undefined || many === undefined) throw new RangeError("too few sizes");
  const { style, size: resources, usages } = many;
  const to = (of: (usage: Usage) => number): Result["measured"] => toSpread(usages.map(of));
  const result = (what: string, rest: Pick<Result, "unit" | "measured" | "target">): Result =>
    judged({ row: "d", what: `${what}, ${styleNames[style]}`, ...rest, detail: { resources } });
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
    growth("growth of CPU time", { none, less: some, more: many }),
  ];
}

/** Compares the CPU time for each resource, without the CPU time of a plan of almost nothing. */
function growth(
  what: string,
  { none, less, more }: { readonly none: Runs; readonly less: Runs; readonly more: Runs },
): Result {
  const perResource = (runs: Runs): readonly number[] =>
    runs.usages.map(({ cpuMs }, round) => ((cpuMs - none.usages[round]!.cpuMs) * 1000) / runs.size);
  return judged({
    row: "d",
    what: `${what}, ${styleNames[more.style]}`,
    unit: "µs per resource",
    measured: toSpread(perResource(more)),
    reference: {
      what: `${less.size.toLocaleString("en-US")} resources`,
      measured: toSpread(perResource(less)),
    },
    ratio: toRatio(perResource(more), perResource(less)),
    target: { of: "ratio", atMost: 1.15 },
    detail: { resources: more.size },
  });
}

function getFolder(options: BenchOptions, { style, size }: Pick<Runs, "style" | "size">): string {
  return join(options.folder, `plan-${style}-${size}`);
}

/** Writes settings of users, in as many files as needed. */
async function writeFiles(options: BenchOptions, runs: Runs): Promise<void> {
  const { size, style } = runs;
  const folder = join(getFolder(options, runs), "files");
  await mkdir(folder, { recursive: true });
  const variables = style === "rows" && size > 0 ? "variables:\n  when: { default: Always }\n" : "";
  const org = `version: 1\n${variables}settings:\n  reactionsEnabled: true\n`;
  await writeFile(join(folder, "org.yaml"), org);
  for (let from = 0; from < size; from += resourcesInFile) {
    const users = { from, to: Math.min(size, from + resourcesInFile), when: "Always" };
    for (const [name, text] of Object.entries(toFiles(users, style)))
      await writeFile(join(folder, name), text);
  }
}
