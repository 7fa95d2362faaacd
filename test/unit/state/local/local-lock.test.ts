import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LockedError } from "../../../../src/state/errors.js";
import { localStore } from "../../../../src/state/local/local-store.js";
import { ownIdentity } from "../../../../src/state/local/process-identity.js";
import type { StateStore } from "../../../../src/state/store.js";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-lock-"));
  path = join(folder, "chatform.state.json");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function store(heartbeatMs = 60_000): StateStore {
  return localStore({ path, heartbeatMs });
}

async function plant(holder: Record<string, unknown>, ageMs = 0): Promise<void> {
  const text = {
    Operation: "apply",
    Info: "",
    Who: "sam@elsewhere (1)",
    Version: "0.1.0",
    Created: "then",
    Path: path,
  };
  await writeFile(`${path}.lock`, JSON.stringify({ ID: "planted", ...text, Process: holder }));
  const time = new Date(Date.now() - ageMs);
  await utimes(`${path}.lock`, time, time);
}

it("names its holder, the time, and what to do", async () => {
  const lock = await store().lock("apply", { timeoutMs: 0 });
  expect(JSON.parse(await readFile(`${path}.lock`, "utf8"))).toMatchObject({
    ...lock.info,
    Process: await ownIdentity(),
  });
  expect((await stat(`${path}.lock`)).mode & 0o777).toBe(0o600);
  const error: unknown = await store()
    .lock("plan", { timeoutMs: 0 })
    .catch((reason: unknown) => reason);
  expect((error as LockedError).holder).toEqual(lock.info);
  expect((error as Error).message).toContain(lock.info.Who);
  expect((error as Error).message).toContain(`chatform state unlock ${lock.info.ID}`);
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

it("removes leftover files of killed runs, and no file in use", async () => {
  const [old, fresh] = [new Date(Date.now() - 120_000), new Date()];
  const left = ["lock.0b0b.new", "lock.77.x1.now", "lock.0c0c"];
  for (const name of left) {
    await writeFile(`${path}.${name}`, "");
    await utimes(`${path}.${name}`, old, old);
  }
  await writeFile(`${path}.lock.0d0d.new`, "");
  await utimes(`${path}.lock.0d0d.new`, fresh, fresh);
  await writeFile(`${path}.backup`, "");
  await utimes(`${path}.backup`, old, old);
  const lock = await store().lock("apply", { timeoutMs: 0 });
  await lock.release();
  expect((await readdir(folder)).sort()).toEqual([
    "chatform.state.json.backup",
    "chatform.state.json.lock.0d0d.new",
  ]);
});

it("replaces the lock of an earlier process with the same process id", async () => {
  await plant({ ...(await ownIdentity()), started: "before" });
  const lock = await store().lock("plan", { timeoutMs: 0 });
  expect(lock.notice).toContain("sam@elsewhere (1)");
  await lock.release();
});

it("respects another machine's lock for a minute, and then replaces it", async () => {
  await plant({ pid: 1, host: "elsewhere" }, 30_000);
  await expect(store().lock("plan", { timeoutMs: 0 })).rejects.toBeInstanceOf(LockedError);
  await plant({ pid: 1, host: "elsewhere" }, 90_000);
  const lock = await store().lock("plan", { timeoutMs: 0 });
  expect(lock.notice).toBeDefined();
  await lock.release();
});

it("respects the lock of a living process on this machine without a heartbeat", async () => {
  await plant({ ...(await ownIdentity()) }, 3_600_000);
  await expect(store().lock("plan", { timeoutMs: 0 })).rejects.toMatchObject({ holder: { ID: "planted" } });
});

it.each([
  ["an empty file", ""],
  ["garbage", "{{"],
  ["no holder", '{"ID":"x"}'],
  ["an ID that leads out of the folder", '{"ID":"../x"}'],
])("respects %s until it is old, and breaks it by its name", async (_name, content) => {
  await writeFile(`${path}.lock`, content);
  await expect(store().lock("plan", { timeoutMs: 0 })).rejects.toMatchObject({ holder: { ID: "damaged" } });
  await store().unlock("damaged");
  await (await store().lock("plan", { timeoutMs: 0 })).release();
  await writeFile(`${path}.lock`, content);
  await utimes(`${path}.lock`, new Date(0), new Date(0));
  await (await store().lock("plan", { timeoutMs: 0 })).release();
});

it.each([
  ["is empty", ""],
  ["is not a lock file of chatform", "{{"],
])("reports a lock file that %s", async (what, content) => {
  await writeFile(`${path}.lock`, content);
  const { message } = await refusal();
  expect(message).toContain(`${path} is locked by an unknown process: its lock file ${path}.lock ${what}.`);
  expect(message).toContain("chatform state unlock damaged");
  await utimes(`${path}.lock`, new Date(0), new Date(0));
  const lock = await store().lock("plan", { timeoutMs: 0 });
  expect(lock.notice).toBe(`Replaced the lock file ${path}.lock, which named no process.`);
  await lock.release();
});

it.each([
  ["of another machine", async () => plant({ pid: 1, host: "elsewhere" }, -3_600_000)],
  ["that is empty", async () => writeFile(`${path}.lock`, "").then(async () => age(-3_600_000))],
])(
  "measures the age of a lock %s with a time in the future from when it is first seen",
  async (_name, make) => {
    await make();
    await refusal();
    // The time is set to now, which was in the future before.
    expect(Date.now() - (await stat(`${path}.lock`)).mtimeMs).toBeGreaterThan(-60_000);
    await age(30_000);
    await refusal();
    await age(90_000);
    await (await store().lock("plan", { timeoutMs: 0 })).release();
    expect(await readdir(folder)).toEqual([]);
  },
);

it("keeps a lock of a living process with a future time", async () => {
  await plant({ ...(await ownIdentity()) }, -3_600_000);
  await refusal();
  await age(3_600_000);
  await refusal();
});

async function age(ms: number): Promise<void> {
  const time = new Date(Date.now() - ms);
  await utimes(`${path}.lock`, time, time);
}

async function refusal(): Promise<Error> {
  const error: unknown = await store()
    .lock("plan", { timeoutMs: 0 })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LockedError);
  return error as Error;
}

it("shows that its holder is alive, without changing a byte", async () => {
  const lock = await store(1).lock("apply", { timeoutMs: 0 });
  const before = await readFile(`${path}.lock`);
  await utimes(`${path}.lock`, new Date(0), new Date(0));
  await expect.poll(async () => (await stat(`${path}.lock`)).mtimeMs, { interval: 2 }).toBeGreaterThan(1_000);
  expect(await readFile(`${path}.lock`)).toEqual(before);
  await lock.release();
});

it("notices that the lock was replaced, and keeps the new lock", async () => {
  const lock = await store(1).lock("apply", { timeoutMs: 0 });
  await store().unlock(lock.info.ID);
  const other = await store().lock("plan", { timeoutMs: 0 });
  await expect.poll(() => lock.lost.aborted, { interval: 2 }).toBe(true);
  // Depending on the moment, it finds no lock or the new one.
  expect(lock.lost.reason).toMatchObject({
    code: "lock-lost",
    detail: expect.stringMatching(
      / was (deleted, or|replaced by .* for plan since .*Z,) .*during this run/,
    ) as string,
  });
  await lock.release();
  expect(JSON.parse(await readFile(`${path}.lock`, "utf8"))).toMatchObject({ ID: other.info.ID });
  await other.release();
});

it("breaks only the lock with the given ID", async () => {
  await expect(store().unlock("x")).rejects.toMatchObject({ code: "lock-missing" });
  const lock = await store().lock("apply", { timeoutMs: 0 });
  await expect(store().unlock("x")).rejects.toMatchObject({ code: "lock-mismatch" });
  await lock.release();
});
