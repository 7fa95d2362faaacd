/** Tests a local state in CI without a declared backend: creates are refused, other plans warn. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const code = "local-state-in-ci";
const room = "rooms:\n  bridge: { subject: Bridge, messages: { hello: { body: Hello } } }";
const settings = "settings: { messageRetentionPeriodDays: 3650 }";

let cwd = "";
let emulator: Emulator;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-ci-state-"));
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const declare = (...lines: readonly string[]): Promise<void> =>
  writeFile(join(cwd, "chatform.yaml"), ["version: 1", ...lines, ""].join("\n"));

/** @param ci the variable `CI`; undefined: not set */
function chatform(ci: string | undefined, ...args: readonly string[]): Promise<RunResult> {
  return runCli(args, { cwd, env: { ...emulator.env, ...(ci === undefined ? {} : { CI: ci }) } });
}

const writes = (): readonly string[] =>
  emulator.requests.map(({ method }) => method).filter((method) => method !== "GET");
const title = (severity: "Error" | "Warning"): RegExp =>
  new RegExp(String.raw`^${severity}: .* \(${code}\)$`, "m");

describe("a change whose state would be lost", () => {
  it("is not applied, and the plan warns of that", async () => {
    await declare(room);
    const planned = await chatform("true", "plan", "--report", "markdown=plan.md", "--json");
    expect(planned).toMatchObject({ code: 1, stderr: expect.stringMatching(title("Error")) as string });
    expect(planned.stderr).toContain("rooms/bridge and 1 other");
    expect(JSON.parse(planned.stdout)).toMatchObject({ applyable: false });
    const applied = await chatform("1", "apply", "--auto-approve");
    expect(applied).toMatchObject({ code: 1, stderr: expect.stringMatching(title("Error")) as string });
    expect(writes()).toEqual([]);
  });

  it("is not applied from a saved plan either", async () => {
    await declare(room);
    expect((await chatform(undefined, "plan", "--out", "plan.json")).code).toBe(0);
    const applied = await chatform("true", "apply", "plan.json");
    expect(applied).toMatchObject({ code: 1, stderr: expect.stringMatching(title("Error")) as string });
    expect(writes()).toEqual([]);
    expect((await chatform(undefined, "apply", "plan.json")).code).toBe(0);
  });

  it("is reported as an event to programs", async () => {
    await declare(room);
    const { stdout } = await chatform("true", "apply", "--auto-approve", "--json");
    expect(stdout).toContain(`"${code}"`);
  });
});

describe("without a change to apply", () => {
  beforeEach(async () => {
    await declare(room);
    await chatform(undefined, "apply", "--auto-approve");
  });

  it.each([
    [["plan"], 0],
    [["apply", "--auto-approve"], 0],
    [["drift"], 0],
    [["destroy", "--auto-approve"], 0],
  ])("%j warns once, and continues", async (args, exit) => {
    const run = await chatform("true", ...args);
    expect([run.code, run.stderr.match(new RegExp(title("Warning"), "gm"))?.length]).toEqual([exit, 1]);
  });
});

describe("no warning", () => {
  it.each([
    ["with a declared backend", "true", [room, "state: { backend: local }"], []],
    ["with --state", "true", [room], ["--state", "mine.json"]],
    ["for settings and rooms with a jid, which need no state", "true", [settings], []],
    ["outside CI", "false", [room], []],
    ["without the variable CI", undefined, [room], []],
  ] as const)("%s", async (_case, ci, lines, options) => {
    await declare(...lines);
    for (const args of [["plan"], ["apply", "--auto-approve"], ["drift"]]) {
      const run = await chatform(ci, ...args, ...options);
      expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining(code)]);
    }
  });
});
