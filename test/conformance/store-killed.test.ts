import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localStore } from "../../src/state/local/local-store.js";
import type { Compiled } from "./compile.js";
import { compile } from "./compile.js";
import type { Acknowledged } from "./writer-child.js";

let compiled: Compiled;
let folder: string;

beforeAll(async () => {
  compiled = await compile([
    "src/core",
    "src/http",
    "src/state",
    "src/generated",
    "test/conformance/writer-child.ts",
  ]);
  folder = await mkdtemp(join(tmpdir(), "chatform-killed-"));
});

afterAll(async () => {
  await compiled.remove();
  await rm(folder, { recursive: true, force: true });
});

it("keeps everything durable after a kill at any time, 10 times over the same state", async () => {
  const path = join(folder, "chatform.state.json");
  const durable = new Set<string>();
  let serial = -1;
  for (let round = 0; round < 10; round++) {
    const child = fork(join(compiled.folder, "test/conformance/writer-child.js"), [path, String(round)]);
    const exited = once(child, "exit");
    // Every round a little later.
    const enough = durable.size + 1 + round * 3;
    child.on("message", (message) => {
      durable.add((message as Acknowledged).address);
      if (durable.size >= enough) child.kill("SIGKILL");
    });
    const [, signal] = (await exited) as [number | null, string | null];
    expect(signal).toBe("SIGKILL");
    const state = await localStore({ path }).read();
    expect([...durable].filter((address) => state?.resources[address] === undefined)).toEqual([]);
    expect(state?.serial).toBeGreaterThanOrEqual(serial);
    serial = state?.serial ?? 0;
  }
  const store = localStore({ path });
  const lock = await store.lock("apply", { timeoutMs: 0 });
  expect(lock.notice).toContain("Replaced the lock");
  const writer = await store.open(await store.read());
  await writer.close();
  await lock.release();
  const known = ["chatform.state.json", "chatform.state.json.backup", "chatform.state.json.tmp"];
  expect((await readdir(folder)).filter((name) => !known.includes(name))).toEqual([]);
  expect(durable.size).toBeGreaterThan(100);
});
