import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Result, Row } from "./row.js";
import { applyBesideUndici } from "./row-apply.js";
import { budgetUsed } from "./row-budget.js";
import { estimates } from "./row-estimate.js";
import { planAlone } from "./row-plan.js";
import { readStyles } from "./row-read.js";
import { refreshBesideSdk, refreshBesideUndici } from "./row-refresh.js";
import { smallJob } from "./row-small.js";
import { startTimes } from "./row-start.js";
import { toTable } from "./table.js";

const rows: Readonly<Record<string, Row>> = {
  a: refreshBesideUndici,
  b: refreshBesideSdk,
  c: applyBesideUndici,
  d: async (options) => [...(await planAlone(options)), ...(await readStyles(options))],
  e: startTimes,
  f: budgetUsed,
  g: estimates,
  h: smallJob,
};

const usage = `Measures chatform against references. docs/performance.md explains it.

npm run bench -- [options]

  --only a,d     only these rows
  --rounds N     how often each is measured, in turn (5)
  --scale S      of the sizes: 0.1 for a tenth (1)
  --json         the results as JSON
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(rows).join(",") },
    rounds: { type: "string", default: "5" },
    scale: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(usage);
else await bench();

async function bench(): Promise<void> {
  const chosen = values.only.split(",").map((name) => {
    const row = rows[name];
    if (row === undefined) throw new RangeError(`--only takes ${Object.keys(rows).join(", ")}, not ${name}`);
    return row;
  });
  const rounds = positive("--rounds", values.rounds);
  const scale = positive("--scale", values.scale);
  const folder = await mkdtemp(join(tmpdir(), "chatform-bench-"));
  const results: Result[] = [];
  try {
    for (const row of chosen) results.push(...(await row({ rounds, scale, folder, onProgress })));
  } finally {
    await rm(folder, { recursive: true });
    onProgress("");
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, rounds, scale, results }, undefined, 2)}\n`
      : `${toTable(results)}\nNode ${machine.node}, ${machine.cores} cores of ${machine.cpu}; medians of ${rounds} rounds\n`,
  );
}

/** Shows the current measurement, on a terminal. */
function onProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${name} takes a number above 0, not ${text}`);
  return value;
}
