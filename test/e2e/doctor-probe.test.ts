/** doctor --probe: shows its requests, asks, observes, and leaves an empty room that no other command touches. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { localStore } from "../../src/state/local/local-store.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";
import { writesIn } from "../helpers/writes.js";

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-probe-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function start(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com", ...options });
  onTestFinished(() => emulator.close());
}

const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
const probe = (...args: readonly string[]): Promise<RunResult> => run("doctor", "--probe", ...args);
const readState = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8"));

it("observes the service once, and the second time finds the same without a change of the state", async () => {
  await start({ variants: { addPresentParticipant: 409 } });
  const first = await probe("--auto-approve");
  expect(first.code, first.stderr).toBe(0);
  expect(first.stdout).toContain("POST /api/v2/chats/rooms/ROOM/participants/YOU");
  expect(first.stdout).toContain("addPresentParticipant: 409 request.conflict");
  for (const line of first.stdout.split("\n").filter((one) => !one.includes("@conference.")))
    expect(line.length, line).toBeLessThanOrEqual(80);
  const state = await readState();
  expect(state).toMatchObject({ behavior: { addPresentParticipant: { value: "409 request.conflict" } } });
  const second = await probe("--auto-approve");
  expect(second.stdout).toContain("Nothing has changed since the last probe.");
  expect(await readState()).toEqual(state);
  expect((await run("state", "show", "--behavior")).stdout).toContain(
    "addPresentParticipant: 409 request.conflict\n",
  );
});

it("refuses to start without a terminal, and prints JSON with --auto-approve", async () => {
  await start();
  const { code, stderr } = await probe();
  expect([code, writesIn(emulator.requests)]).toEqual([1, []]);
  expect(stderr).toContain("To probe without asking: --auto-approve.");
  const { outcomes, left } = JSON.parse((await probe("--auto-approve", "--json")).stdout) as {
    readonly outcomes: Readonly<Record<string, unknown>>;
    readonly left: unknown;
  };
  expect(outcomes["creatorJoins"]).toMatchObject({ type: "new", observation: { value: true } });
  expect(left).toEqual([]);
});

it("only reads with the token of a client", async () => {
  emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const { code, stdout } = await probe("--auto-approve");
  expect([code, writesIn(emulator.requests)]).toEqual([0, []]);
  expect(stdout).toContain("a probe only reads");
  expect(stdout).toContain("needsUserError: 400 not.a.user");
});

it("waits for no other run: a locked state is an error", async () => {
  await start();
  await probe("--auto-approve");
  const lock = await localStore({ path: join(cwd, "chatform.state.json") }).lock("apply", { timeoutMs: 0 });
  const { code } = await probe("--auto-approve");
  await lock.release();
  expect(code).toBe(1);
});

it("is no resource: nothing plans, exports or forgets the room", async () => {
  await start();
  await probe("--auto-approve");
  expect((await run("state", "list")).stdout).toBe("");
  expect((await run("export", "--mine")).stdout).not.toContain("chatform probe");
  await rm(join(cwd, "chatform.state.json"));
  expect((await run("export", "--mine")).stdout).not.toContain("chatform probe");
});
