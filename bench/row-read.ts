import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "./processes.js";
import { runMeasured } from "./processes.js";
import type { BenchOptions, Result } from "./row.js";
import { judged, scaled } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";
import { toFiles } from "./styles.js";

const styles = ["block", "readme"] as const;
type Style = (typeof styles)[number];

/** (d) Measures how the style of a config counts: block style, and braces with comments as in the README. */
export async function readStyles(options: BenchOptions): Promise<readonly Result[]> {
  const users = scaled(100_000, options);
  for (const style of styles) await writeConfig(options, style, users);
  const usages: Record<Style, Usage[]> = { block: [], readme: [] };
  for (let round = 1; round <= options.rounds; round++) {
    for (const style of styles) {
      options.onProgress(`(d) round ${round} of ${options.rounds}: validate, ${style} style`);
      usages[style].push(await runMeasured(["validate", "-f", "files"], { cwd: getFolder(options, style) }));
    }
  }
  const result = (what: string, unit: "ms" | "MB", of: (usage: Usage) => number): Result => {
    const [block, readme] = [usages.block.map(of), usages.readme.map(of)];
    return judged({
      row: "d",
      what,
      unit,
      measured: toSpread(readme),
      reference: { what: "the same in block style", measured: toSpread(block) },
      ratio: toRatio(readme, block),
      target: { of: "ratio", atMost: 1.3 },
      detail: { users },
    });
  };
  return [
    result("chatform validate, the README's style with comments, CPU", "ms", ({ cpuMs }) => cpuMs),
    result("chatform validate, the README's style with comments, memory", "MB", ({ megabytes }) => megabytes),
  ];
}

function getFolder({ folder }: BenchOptions, style: Style): string {
  return join(folder, `read-${style}`);
}

/** Writes files of at most 25,000 users: chatform reads files of at most 20 MB. */
async function writeConfig(options: BenchOptions, style: Style, users: number): Promise<void> {
  const files = join(getFolder(options, style), "files");
  await mkdir(files, { recursive: true });
  for (let from = 0; from < users; from += 25_000) {
    const some = { from, to: Math.min(users, from + 25_000), when: "OnlyWhenInactive" };
    for (const [name, text] of Object.entries(toFiles(some, style))) await writeFile(join(files, name), text);
  }
}
