import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/time/clock.js";
import type { State } from "../../src/core/state/state.js";
import { intentEntry, recordEntry } from "../unit/state/samples.js";
import { getStateError } from "../unit/state/state-error.js";
import { openS3 } from "./s3-bench.js";
import { s3Runs } from "./s3-runs.js";
import type { S3Server } from "./s3-server.js";
import { startS3Server } from "./s3-server.js";
import { encrypting, storeConformance } from "./store.js";

const key = "chat/chatform.state.json";
let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});

afterEach(async () => {
  await server.close();
});

for (const [name, more] of [
  ["s3", () => ({})],
  ["s3, encrypted", () => ({ codec: encrypting() })],
] as const)
  storeConformance(name, async () => {
    const own = await startS3Server();
    const stores = await Promise.all(
      Array.from({ length: 12 }, async () => openS3(own.url, { clock: systemClock, gatherMs: 5, ...more() })),
    );
    return {
      store: () => stores.pop()!,
      async damage(content) {
        own.objects.set(key, { body: content, etag: '"damaged"', written: Date.now() });
        return Promise.resolve();
      },
      close: async () => own.close(),
    };
  });

function puts(end: string): number {
  return server.requests.filter((seen) => seen.method === "PUT" && seen.key.endsWith(end)).length;
}

/** The holder of a lock is dead: its lock grows old, by the server's clock. */
function passTime(): void {
  server.aheadMs += 61_000;
}

describe("the lock", () => {
  it("has one of many that ask for it at once", async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, async () => openS3(server.url)));
    const outcomes = await Promise.allSettled(
      stores.map(async (store) => store.lock("apply", { timeoutMs: 0 })),
    );
    const locks = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
    expect([...server.objects.keys()]).toEqual([]);
  });

  it("is replaced once its holder has written no heartbeat for a minute, by the server's clock", async () => {
    const dead = await openS3(server.url);
    const lost = await dead.lock("apply", { timeoutMs: 0 });
    // This machine's clock is two hours off.
    const clock = { ...systemClock, now: () => Date.now() + 7_200_000 };
    const store = await openS3(server.url, { clock });
    await expect(store.lock("plan", { timeoutMs: 0 })).rejects.toMatchObject({ code: "state-locked" });
    passTime();
    expect(await store.inspect()).toMatchObject({ holder: { ID: lost.info.ID }, isAbandoned: true });
    const lock = await store.lock("plan", { timeoutMs: 0 });
    expect(lock.notice).toContain("Replaced the lock");
    await lost.release();
    expect(server.objects.get(`${key}.lock`)?.body).toContain(lock.info.ID);
    await lock.release();
  });

  it("is kept by heartbeats, also where the response of one is lost", async () => {
    const store = await openS3(server.url, { heartbeatMs: 5 });
    server.faults.push({ method: "PUT", key: ".lock", with: "drop-before" });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    for (const fault of ["drop-after", "drop-before"] as const)
      server.faults.push({ method: "PUT", key: ".lock", with: fault });
    const first = server.objects.get(`${key}.lock`)?.etag;
    await expect.poll(() => server.faults, { interval: 2 }).toEqual([]);
    await expect.poll(() => server.objects.get(`${key}.lock`)?.etag, { interval: 2 }).not.toBe(first);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
    expect(server.objects.size).toBe(0);
  });

  it("that another run replaced is lost, and nothing is written any more", async () => {
    const store = await openS3(server.url, { heartbeatMs: 5 });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    passTime();
    server.faults.push({ method: "PUT", key: ".lock", with: "hang-before", times: Infinity });
    const other = await startS3Server({ objects: server.objects });
    other.aheadMs = 2 * server.aheadMs;
    const next = await (await openS3(other.url)).lock("apply", { timeoutMs: 0 });
    expect(next.notice).toContain("Replaced the lock");
    server.faults.length = 0;
    const before = puts("state.json");
    await expect.poll(() => lock.lost.aborted, { interval: 2 }).toBe(true);
    await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "lock-lost" });
    expect(puts("state.json")).toBe(before);
    await lock.release();
    expect(server.objects.get(`${key}.lock`)?.body).toContain(next.info.ID);
    await next.release();
    await other.close();
  });

  it("ends the run where heartbeats hang for too long, and what was done is stored once they succeed", async () => {
    const store = await openS3(server.url, { heartbeatMs: 5, staleMs: 40 });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    server.faults.push({ method: "PUT", key: ".lock", with: "hang-before", times: Infinity });
    await expect.poll(() => lock.lost.aborted, { interval: 2 }).toBe(true);
    expect(lock.lost.reason).toMatchObject({
      code: "lock-lost",
      detail: expect.stringContaining("No heartbeat of the lock of s3://states/") as string,
    });
    server.faults.length = 0;
    const done = writer.append(recordEntry("rooms/a"));
    const state = await writer.close();
    await done;
    expect(await (await openS3(server.url)).read()).toEqual(state);
    await lock.release();
    expect(server.objects.has(`${key}.lock`)).toBe(false);
  });

  it.each([[["if-none-match"]], [["if-match"]], [["if-none-match", "if-match"]]] as const)(
    "is refused on a server that ignores %j",
    async (ignores) => {
      const careless = await startS3Server({ ignores });
      const store = await openS3(careless.url);
      const error = await getStateError(store.lock("apply", { timeoutMs: 0 }));
      expect([error.code, error.detail]).toEqual([
        "backend-refused",
        expect.stringContaining("ignores the conditions of writes"),
      ]);
      expect(careless.objects.size).toBe(0);
      await careless.close();
    },
  );

  it("is refused on a server without conditions", async () => {
    server.faults.push({ method: "PUT", with: [501, "NotImplemented"] });
    const error = await getStateError((await openS3(server.url)).lock("apply", { timeoutMs: 0 }));
    expect(error.help).toContain("If-None-Match and If-Match");
  });

  it("that the server refuses to share, and does not show, is reported", async () => {
    server.faults.push({ method: "PUT", key: ".lock", with: [412, "PreconditionFailed"], times: Infinity });
    const error = await getStateError((await openS3(server.url)).lock("apply", { timeoutMs: 0 }));
    expect([error.code, error.detail]).toEqual(["state-locked", expect.stringContaining("does not show")]);
    expect(puts(".lock")).toBe(2);
  });

  it("that the server shows, but does not delete, is reported", async () => {
    const lock = await (await openS3(server.url)).lock("apply", { timeoutMs: 0 });
    server.faults.push({ method: "DELETE", with: [412, "PreconditionFailed"], times: Infinity });
    const other = await openS3(server.url);
    for (const end of [() => other.unlock(lock.info.ID), () => lock.release()])
      expect((await getStateError(end())).detail).toContain("412 PreconditionFailed");
  });

  it("is deleted without a condition on a server that has none for deletes", async () => {
    const lock = await (await openS3(server.url)).lock("apply", { timeoutMs: 0 });
    server.faults.push({ method: "DELETE", with: [501, "NotImplemented"] });
    await lock.release();
    expect(server.objects.size).toBe(0);
  });

  it("that could not be released says when it ends", async () => {
    const lock = await (await openS3(server.url)).lock("apply", { timeoutMs: 0 });
    server.isDead = true;
    const error = await getStateError(lock.release());
    expect([error.code, error.help]).toEqual(["backend-failed", expect.stringContaining("a minute after")]);
  });
});

describe("writing", () => {
  it("takes a write without a result for its own", async () => {
    const rescued: State[] = [];
    const rescue = async (state: State) => {
      rescued.push(state);
      return Promise.resolve({ file: "errored.json", command: "push" });
    };
    const store = await openS3(server.url, { rescue, config: { retryMax: 0 } });
    const writer = await store.open(undefined);
    await writer.append(recordEntry("rooms/a"));
    for (const fault of ["drop-after", "drop-before"] as const)
      server.faults.push({ method: "PUT", key: "state.json", with: fault });
    await expect(writer.append(recordEntry("rooms/b"))).rejects.toMatchObject({ code: "backend-failed" });
    await expect(writer.append(recordEntry("rooms/c"))).rejects.toMatchObject({ code: "backend-failed" });
    await writer.append(intentEntry("rooms/d"));
    const state = await writer.close();
    expect(Object.keys(state.resources)).toEqual(["rooms/a", "rooms/b", "rooms/c"]);
    expect([await store.read(), rescued]).toEqual([state, []]);
  });

  it("never overwrites what another run has written, at once or later", async () => {
    const store = await openS3(server.url, {
      rescue: async () => Promise.resolve({ file: "f", command: "c" }),
    });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    const other = await openS3(server.url);
    await other.replace({ ...(await other.read())!, serial: 50 });
    for (const address of ["rooms/b", "rooms/c"])
      await expect(writer.append(intentEntry(address))).rejects.toMatchObject({ code: "state-moved" });
    await expect(writer.close()).rejects.toMatchObject({ code: "state-moved" });
    expect((await store.read())?.serial).toBe(50);
  });

  it.each(["error-body", "cut"] as const)("goes on after responses with %s", async (fault) => {
    for (const method of ["PUT", "GET", "DELETE"]) server.faults.push({ method, with: fault });
    server.faults.push({ method: "PUT", key: "state.json", with: fault });
    const store = await openS3(server.url);
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(await store.read());
    await writer.append(intentEntry("rooms/a"));
    const state = await writer.close();
    await lock.release();
    expect([server.faults, await store.read(), [...server.objects.keys()]]).toEqual([[], state, [key]]);
  });

  it("refuses a success that has an error in it, or no version", async () => {
    server.faults.push({ method: "GET", with: "error-body", times: Infinity });
    expect((await getStateError((await openS3(server.url)).read())).detail).toContain("200 InternalError");
    server.faults.splice(0, 1, { method: "GET", with: [200, ""] });
    const error = await getStateError((await openS3(server.url)).read());
    expect([error.code, error.detail]).toEqual([
      "backend-refused",
      expect.stringContaining("200 without an ETag"),
    ]);
  });

  it("replaces nothing where reads show an earlier version, or none", async () => {
    const rescue = async () => Promise.resolve({ file: "errored.json", command: "push" });
    for (const count of [1, 2]) {
      const before = await openS3(server.url);
      const writer = await before.open(await before.read());
      for (let at = 0; at < count; at++) await writer.append(recordEntry(`rooms/${count}${at}`));
      await writer.close();
      const stored = server.objects.get(key);
      server.faults.push({ method: "GET", key: "state.json", with: "stale", times: Infinity });
      const store = await openS3(server.url, { rescue });
      const late = await store.open(await store.read());
      await expect(late.append(intentEntry("rooms/z"))).rejects.toMatchObject({ code: "state-moved" });
      const error = await getStateError(late.close());
      expect([error.help, server.objects.get(key)]).toEqual([expect.not.stringContaining("push"), stored]);
      server.faults.length = 0;
    }
    expect(server.requests.find(({ method }) => method === "GET")?.headers["cache-control"]).toBe("no-cache");
  });

  it("notices that the state was deleted", async () => {
    const store = await openS3(server.url);
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    server.objects.clear();
    await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "state-removed" });
  });

  it("encrypts with a key of KMS where the config names one", async () => {
    const store = await openS3(server.url, { config: { kmsKeyId: "alias/chat" } });
    await (await store.open(undefined)).append(intentEntry("rooms/a"));
    expect(server.requests.at(-1)?.headers).toMatchObject({
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "alias/chat",
    });
  });
});

s3Runs("our own server", () => server.url);
