/** After a long prompt, the live values that a plan changes are read again. At Ctrl-C, what is known is shown. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../../../../src/cli/run.js";
import type { Emulator } from "../../../../../src/emulator/index.js";
import { startEmulator } from "../../../../../src/emulator/index.js";

let emulator: Emulator;
let cwd: string;
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-approve-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

/** Applies, and says yes at the prompt. @param minutes the time until the answer @param meanwhile done during the prompt */
async function applyAfter(minutes: number, meanwhile: () => void, ...args: readonly string[]) {
  await writeFile(
    join(cwd, "chatform.yaml"),
    JSON.stringify({ version: 1, settings: { reactionsEnabled: false } }),
  );
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [shown, errors, late] = ["", "", 0];
  stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  stdout.on("data", (chunk: Buffer) => {
    const before = shown;
    shown += chunk.toString();
    if (before.includes("to confirm") || !shown.includes("to confirm")) return;
    emulator.clearRequests();
    late = minutes * 60_000;
    meanwhile();
    stdin.write("yes\n");
  });
  const signals = { stop: new AbortController().signal, abort: new AbortController().signal };
  const env = { HOME: cwd, NO_COLOR: "1", ...emulator.env };
  const now = (): Date => new Date(Date.now() + late);
  const code = await run(["apply", ...args], {
    cwd,
    env,
    stdin: () => stdin,
    stdout,
    stderr,
    now,
    ...signals,
  });
  return { code, errors, requests: emulator.requests.map(({ operation }) => operation) };
}

const shorten = (): void => {
  emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } });
};

test("a prompt of less than five minutes costs no read", async () => {
  const { code, requests } = await applyAfter(4, () => undefined);
  expect([code, requests]).toEqual([0, ["getUsersMe", "patchChatsSettings", "getChatsSettings"]]);
});

test("after a longer prompt, the live values that the plan changes are read again", async () => {
  const { code, requests } = await applyAfter(6, () => undefined);
  expect(code).toBe(0);
  expect(requests).toEqual(["getChatsSettings", "getUsersMe", "patchChatsSettings", "getChatsSettings"]);
});

test("a plan that became stale during the prompt is refused", async () => {
  const { code, errors, requests } = await applyAfter(60, shorten);
  expect([code, requests]).toEqual([1, ["getChatsSettings"]]);
  expect(errors).toContain("settings has changed since the plan was made: messageRetentionPeriodDays was");
  expect(errors).toContain("Plan again: chatform apply");
});

test("a plan without live values is not compared with any", async () => {
  const { code, requests } = await applyAfter(60, shorten, "--no-refresh");
  expect([code, requests]).toEqual([0, ["getUsersMe", "patchChatsSettings", "getChatsSettings"]]);
});

test("the second Ctrl-C writes all lines, as a third one ends the process", async () => {
  await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: false }\n");
  emulator.addFaults({ match: { operation: "patchChatsSettings" }, action: { type: "hang" } });
  const [stop, abort] = [new AbortController(), new AbortController()];
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const ended = run(["apply", "--auto-approve"], {
    ...{ cwd, stdout, stderr, stdin: () => stdin, now: () => new Date() },
    env: { HOME: cwd, NO_COLOR: "1", ...emulator.env },
    ...{ stop: stop.signal, abort: abort.signal },
  });
  while (!emulator.requests.some(({ fault }) => fault !== undefined))
    await new Promise((resolve) => setImmediate(resolve));
  stop.abort(new Error("once"));
  abort.abort(new Error("twice"));
  expect(String(stdout.read())).toContain("settings: updating...\n");
  expect(await ended).toBe(130);
});
