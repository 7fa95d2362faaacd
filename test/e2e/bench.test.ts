/** The benchmark works at a tiny scale: what it measures there says nothing, but its rows, requests and references do. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../bench/row.js";
import { toTable } from "../../bench/table.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

async function bench(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [join(root, "bench/dist/main.js"), ...args]);
  return stdout;
}

interface Report {
  readonly rounds: number;
  readonly results: readonly Result[];
}

let report: Report;
beforeAll(async () => {
  await execute(process.execPath, [tsc, "-p", join(root, "tsconfig.bench.json")]);
  report = JSON.parse(await bench("--json", "--rounds", "1", "--scale", "0.002")) as Report;
}, 240_000);

describe("the benchmark", () => {
  it("measures something in every row, with a reference where a ratio is the target", () => {
    for (const { measured, reference, ratio, target, met, what } of report.results) {
      const values = [measured, ...(reference === undefined ? [] : [reference.measured, ratio])];
      // A number, whatever it is: at this scale noise decides, and a difference of two measurements may be below zero.
      for (const spread of values) {
        expect(spread?.median, what).toBeTypeOf("number");
        expect(
          Object.values(spread ?? {}).filter((value) => !Number.isFinite(value)),
          what,
        ).toEqual([]);
      }
      if (target?.of === "ratio") expect(ratio, what).toBeDefined();
      expect(met === undefined, what).toBe(target === undefined);
    }
  });

  it("makes no unnecessary requests", () => {
    const rows = report.results.filter(({ row }) => row === "a");
    expect(rows.length).toBeGreaterThan(0);
    for (const { detail, what } of rows) {
      const { users, rooms, requests } = detail;
      // The org, one lookup of all users, one read for each user; two reads for each room.
      expect(requests, what).toBe(2 + Number(users) + 2 * Number(rooms));
    }
  });

  it("refuses unknown rows", async () => {
    await expect(bench("--only", "z")).rejects.toMatchObject({ code: 1 });
  });
});

it("lists every result on the page", async () => {
  const page = await readFile(join(root, "docs/performance.md"), "utf8");
  const lines = toTable(report.results).split("\n").slice(2);
  const cells = (line: string): readonly string[] => line.split("|").map((cell) => cell.trim());
  const toOutline = (line: string): string =>
    [cells(line)[1], cells(line)[2]?.split(":")[0], cells(line)[7]].join(" | ");
  const [, lastRun = ""] = /^## The last run\n(.*?)^#/ms.exec(page) ?? [];
  const rows = lastRun.split("\n").filter((line) => /^\| [a-h] /.test(line));
  expect(rows.map(toOutline)).toEqual(lines.filter((line) => line !== "").map(toOutline));
});
