import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localStore } from "../../src/state/local/local-store.js";
import type { Compiled } from "./compile.js";
import { compile } from "./compile.js";
import type { Order, Reply } from "./lock-child.js";

let compiled: Compiled;
let folder: string;
let path: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  compiled = await compile([
    "src/core",
    "src/http",
    "src/state",
    "src/generated",
    "test/conformance/lock-child.ts",
  ]);
});

afterAll(async () => {
  await compiled.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-lock-"));
  path = join(folder, "chatform.state.json");
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  await rm(folder, { recursive: true, force: true });
});

function start(count: number): readonly ChildProcess[] {
  return Array.from({ length: count }, () => {
    const child = fork(join(compiled.folder, "test/conformance/lock-child.js"), { stdio: "inherit" });
    children.add(child);
    return child;
  });
}

async function ask(child: ChildProcess, order: Order): Promise<Reply> {
  const replied = once(child, "message");
  child.send(order);
  const [reply] = (await replied) as [Reply];
  return reply;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** Starts all at the same instant; returns the one that holds the lock. */
async function race(racers: readonly ChildProcess[]): Promise<{ winner: ChildProcess; reply: Reply }> {
  const order: Order = { type: "lock", path, timeoutMs: 0, at: Date.now() + 4 };
  const replies = await Promise.all(racers.map(async (child) => ask(child, order)));
  expect(replies.filter(({ type }) => type === "failed")).toEqual([]);
  const winners = replies.flatMap((reply, at) =>
    reply.type === "locked" ? [{ winner: racers[at]!, reply }] : [],
  );
  expect(winners).toHaveLength(1);
  const inFile = JSON.parse(await readFile(`${path}.lock`, "utf8")) as { ID: string };
  expect(winners[0]!.reply).toMatchObject({ id: inFile.ID });
  return winners[0]!;
}

describe("processes that lock a local state", () => {
  it("give it to exactly one of two, 100 times at the same instant", async () => {
    const pair = start(2);
    for (let round = 0; round < 100; round++) {
      const { winner } = await race(pair);
      expect(await ask(winner, { type: "release" })).toEqual({ type: "released" });
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("get it one after the other when they wait", async () => {
    const replies = start(3).map(async (child) => {
      const reply = await ask(child, { type: "lock", path, timeoutMs: 20_000 });
      await ask(child, { type: "release" });
      return reply.type;
    });
    expect(await Promise.all(replies)).toEqual(["locked", "locked", "locked"]);
  });

  it("have exactly one of three replace the lock of a dead holder, 50 times at the same instant", async () => {
    const [victim, ...racers] = start(4);
    await ask(victim!, { type: "lock", path, timeoutMs: 0 });
    const dead = await readFile(`${path}.lock`, "utf8");
    await kill(victim!);
    const own = (JSON.parse(dead) as { ID: string }).ID;
    for (let round = 0; round < 50; round++) {
      // Every dead holder has an ID of its own.
      await writeFile(`${path}.lock`, dead.replaceAll(own, `dead-${round}`));
      const { winner, reply } = await race(racers);
      expect(reply).toMatchObject({ notice: expect.stringContaining("Replaced the lock") as string });
      await ask(winner, { type: "release" });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("replace the lock of a killed holder, and of a process that was killed while replacing it", async () => {
    const [victim] = start(1);
    const reply = await ask(victim!, { type: "lock", path, timeoutMs: 0 });
    expect(reply.type).toBe("locked");
    const lock = JSON.parse(await readFile(`${path}.lock`, "utf8")) as { ID: string };
    await expect(localStore({ path }).lock("test", { timeoutMs: 0 })).rejects.toMatchObject({
      holder: { ID: lock.ID },
    });
    await kill(victim!);
    // What such a taker leaves: the guard of the lock that it was about to replace, with its own name in it.
    await writeFile(`${path}.lock.${lock.ID}`, JSON.stringify({ ...lock, ID: "taker" }));
    const mine = await localStore({ path }).lock("test", { timeoutMs: 0 });
    expect(mine.notice).toContain("Replaced the lock");
    await mine.release();
    expect(await readdir(folder)).toEqual([]);
  });
});
