/** `plan` against the emulator, with a report in every format. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";

const desired = `
version: 1
settings: { messageRetentionPeriodDays: 30 }
rooms:
  incident-bridge: { subject: Incident bridge }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-reports-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function plan(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(["plan", ...args], {
    cwd,
    env: emulator.env,
    stdin: new PassThrough(),
    stdout,
    stderr,
    now: () => new Date(),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
  });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? "";
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const report = (name: string): Promise<string> => readFile(join(cwd, name), "utf8");

describe("plan --report", () => {
  it("writes every format in one run, beside the output", async () => {
    const files = ["text=p.txt", "json=p.json", "markdown=p.md", "junit=p.xml", "html=p.html"];
    const { code, stdout, stderr } = await plan(...files.flatMap((spec) => ["--report", spec]));
    expect([code, stderr]).toEqual([0, ""]);
    expect(await report("p.txt")).toBe(stdout);
    const json = JSON.parse(await report("p.json")) as { chatform: { checksum: string } };
    const checksum = /Checksum: (\w+)/.exec(stdout)?.[1] ?? "none";
    expect(json.chatform.checksum).toBe(checksum);
    expect(await report("p.md")).toContain("Data is destroyed for good");
    expect(await report("p.xml")).toContain('tests="2" failures="0"');
    expect(await report("p.html")).toContain(checksum);
  });

  it.each([
    ["markdwon=x", "Did you mean markdown?"],
    ["pdf=x", "text, json, markdown, junit, html"],
    ["markdown", "FORMAT=FILE"],
    ["markdown=", "FORMAT=FILE"],
  ])("refuses %s before anything is contacted", async (spec, message) => {
    const { code, stdout, stderr } = await plan("--report", spec);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(emulator.requests).toHaveLength(0);
  });

  it("says where it can't write", async () => {
    const { code, stderr } = await plan("--report", "text=no/such/folder/p.txt");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: The report can't be written: ENOENT/);
  });
});
