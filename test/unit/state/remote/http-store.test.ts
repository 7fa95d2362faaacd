import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { State } from "../../../../src/core/state/state.js";
import type { Clock } from "../../../../src/core/time/clock.js";
import { printState } from "../../../../src/state/codec.js";
import { httpOptions } from "../../../../src/state/remote/http-options.js";
import { httpStore } from "../../../../src/state/remote/http-store.js";
import type { Rescue } from "../../../../src/state/rescue.js";
import type { StateStore } from "../../../../src/state/store.js";
import type { StateServer } from "../../../conformance/state-server.js";
import { startStateServer } from "../../../conformance/state-server.js";
import { intent, intentEntry, recordEntry } from "../samples.js";
import { getStateError } from "../state-error.js";

let server: StateServer;
let waits: number[];
let rescued: State[];

beforeEach(async () => {
  server = await startStateServer({ manner: "gitlab" });
  waits = [];
  rescued = [];
});

afterEach(async () => {
  await server.close();
});

/** Passes time at once, but lets what is going on go on. */
const clock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    waits.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  },
  monotonic: () => performance.now(),
  random: () => 1,
};

function open(env: Record<string, string> = {}): StateStore {
  const lock = `${server.url}/lock`;
  const methods = { TF_HTTP_LOCK_METHOD: "POST", TF_HTTP_UNLOCK_METHOD: "DELETE" };
  const all = { TF_HTTP_ADDRESS: server.url, TF_HTTP_LOCK_ADDRESS: lock, ...methods, ...env };
  return httpStore({
    server: httpOptions({}, all),
    clock,
    gatherMs: 5,
    newLineage: () => "lineage-1",
    time: { timeoutMs: 30_000 },
    rescue: async (state) => {
      rescued.push(state);
      return Promise.resolve({ file: "errored.json", command: "chatform state push errored.json" });
    },
  });
}

function count(method: string, path = "/state/prod"): number {
  return server.requests.filter((seen) => seen.method === method && seen.url.startsWith(path)).length;
}

describe("requests", () => {
  it("send what Terraform sends", async () => {
    const store = open({ TF_HTTP_USERNAME: "bot", TF_HTTP_PASSWORD: "p:w" });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(await store.read());
    await writer.append(intentEntry("rooms/a"));
    await lock.release();
    const [locked, , , posted, , unlocked] = server.requests;
    expect(JSON.parse(locked?.body ?? "")).toEqual(lock.info);
    expect(posted).toMatchObject({ method: "POST", url: `/state/prod?ID=${lock.info.ID}` });
    expect(posted?.headers).toMatchObject({
      "content-type": "application/json",
      authorization: `Basic ${Buffer.from("bot:p:w").toString("base64")}`,
    });
    expect(JSON.parse(posted?.body ?? "")).toMatchObject({ version: 1, serial: 1, lineage: "lineage-1" });
    expect([unlocked?.method, JSON.parse(unlocked?.body ?? "")]).toEqual(["DELETE", lock.info]);
  });

  it.each([[503], ["drop-before" as const], ["drop-after" as const]])(
    "are retried after %s",
    async (fault) => {
      const store = open();
      for (const method of ["GET", "POST", "POST", "DELETE"]) server.faults.push({ method, with: fault });
      const lock = await store.lock("apply", { timeoutMs: 0 });
      const writer = await store.open(await store.read());
      await writer.append(intentEntry("rooms/a"));
      const state = await writer.close();
      await lock.release();
      expect(server.content).toBe(printState(state));
      expect(server.lock).toBeUndefined();
      expect(waits.filter((ms) => ms >= 1_000).length).toBeGreaterThanOrEqual(4);
    },
  );

  it("give up after as many retries as allowed", async () => {
    for (let at = 0; at < 5; at++) server.faults.push({ method: "GET", with: 500 });
    expect((await getStateError(open({ TF_HTTP_RETRY_MAX: "3" }).read())).code).toBe("backend-failed");
    expect(count("GET")).toBe(4);
    expect(waits).toEqual([1_000, 2_000, 4_000]);
  });

  it.each([[401], [403], [302], [413], [400]])("are not repeated after %d", async (status) => {
    server.faults.push({ method: "GET", with: status });
    expect((await getStateError(open().read())).code).toBe("backend-refused");
    expect(count("GET")).toBe(1);
  });

  it.each(["GET", "POST", "DELETE"])("that get a page in response to %s are refused", async (method) => {
    const work = async (): Promise<void> => {
      const store = open();
      const lock = await store.lock("apply", { timeoutMs: 0 });
      await (await store.open(await store.read())).append(intentEntry("rooms/a"));
      await lock.release();
    };
    server.faults.push({ method, with: "page" });
    const { code, detail } = await getStateError(work());
    expect([code, detail]).toEqual([
      "backend-refused",
      expect.stringMatching(/responded with 200 and a web page/),
    ]);
  });

  it("that fail name the server without secrets", async () => {
    const url = "http://jane:hunter2@127.0.0.1:1/state?private_token=hunter3";
    const error = await getStateError(open({ TF_HTTP_ADDRESS: url, TF_HTTP_RETRY_MAX: "0" }).read());
    expect([error.code, error.location]).toEqual(["backend-failed", "http://127.0.0.1:1/state"]);
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/hunter/);
  });
});

describe("writing", () => {
  it("stores several intents that arrive together with one request", async () => {
    const writer = await open().open(undefined);
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => writer.append(intentEntry(`rooms/r${at}`))),
    );
    expect(count("POST")).toBe(1);
  });

  it("stores outcomes with the next intent, or at the end", async () => {
    const writer = await httpStoreThatWaits().open(undefined);
    const outcomes = [writer.append(recordEntry("rooms/a")), writer.append(recordEntry("rooms/b"))];
    expect(count("POST")).toBe(0);
    await writer.append(intentEntry("rooms/c"));
    await Promise.all(outcomes);
    expect(count("POST")).toBe(1);
    const last = writer.append(recordEntry("rooms/c"));
    const state = await writer.close();
    await last;
    expect(count("POST")).toBe(2);
    expect([state.serial, state.uncertain, Object.keys(state.resources)]).toEqual([
      2,
      [],
      ["rooms/a", "rooms/b", "rooms/c"],
    ]);
  });

  it("continues after a failure; a refused intent is dropped, a fact is kept", async () => {
    const store = open({ TF_HTTP_RETRY_MAX: "0" });
    const writer = await store.open(undefined);
    server.faults.push({ method: "POST", with: 500 });
    const errors = await Promise.all([
      getStateError(writer.append(recordEntry("rooms/a"))),
      getStateError(writer.append(intentEntry("rooms/b"))),
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["backend-failed", "backend-failed"]);
    expect(writer.current().uncertain).toEqual([]);
    const state = await writer.close();
    expect([Object.keys(state.resources), state.uncertain]).toEqual([["rooms/a"], []]);
    expect(server.content).toBe(printState(state));
  });

  it("keeps the outcome of a sent create even when it cannot be stored", async () => {
    const writer = await open({ TF_HTTP_RETRY_MAX: "0" }).open(undefined);
    await writer.append(intentEntry("rooms/a"));
    server.faults.push({ method: "POST", with: 500 });
    await getStateError(writer.append({ type: "intent", intent: { ...intent("rooms/a"), refused: true } }));
    expect((await writer.close()).uncertain).toEqual([{ ...intent("rooms/a"), refused: true }]);
  });

  it("is read back after the first write, and refused where the server does not keep the state", async () => {
    const writer = await open().open(undefined);
    server.faults.push({ method: "POST", with: "ignored" });
    const { code, detail } = await getStateError(writer.append(intentEntry("rooms/a")));
    expect([code, detail]).toEqual(["backend-refused", expect.stringContaining("then returned none")]);
    expect(writer.current().uncertain).toEqual([]);
    const before = count("GET");
    for (const name of ["b", "c", "d"]) await writer.append(intentEntry(`rooms/${name}`));
    expect(count("GET") - before).toBe(1);
    await writer.close();
    expect(count("GET") - before).toBe(2);
  });

  it("is read back at the end, and rescued where the server keeps only the first write", async () => {
    const writer = await open().open(undefined);
    await writer.append(intentEntry("rooms/a"));
    server.faults.push({ method: "POST", with: "ignored" });
    await writer.append({ type: "intent", intent: { ...intent("rooms/a"), refused: true } });
    const { code, detail, help } = await getStateError(writer.close());
    expect([code, detail]).toEqual(["backend-refused", expect.stringContaining("then returned another one")]);
    expect(help).toContain("chatform state push errored.json");
    expect(rescued.map(({ uncertain }) => uncertain[0]?.refused)).toEqual([true]);
  });

  it("replaces another one, also where the read after that fails, but not where the server drops it", async () => {
    const writer = await open().open(undefined);
    await writer.append(intentEntry("rooms/a"));
    const state = await writer.close();
    const store = open({ TF_HTTP_RETRY_MAX: "0" });
    server.faults.push({ method: "GET", with: 500 });
    await store.replace({ ...state, serial: state.serial + 1 });
    expect((await store.read())?.serial).toBe(state.serial + 1);
    server.faults.push({ method: "POST", with: "ignored" });
    const { code } = await getStateError(store.replace({ ...state, serial: state.serial + 2 }));
    expect(code).toBe("backend-refused");
  });

  it("is stored if only its last read fails, and is read once for one write", async () => {
    const writer = await open({ TF_HTTP_RETRY_MAX: "0" }).open(undefined);
    await writer.append(intentEntry("rooms/a"));
    await writer.append(intentEntry("rooms/b"));
    server.faults.push({ method: "GET", with: 500 });
    expect((await writer.close()).uncertain).toHaveLength(2);
    const store = open();
    const second = await store.open(await store.read());
    const before = count("GET");
    await second.append(intentEntry("rooms/c"));
    await second.close();
    expect(count("GET") - before).toBe(1);
  });

  it("is read back by lineage and serial, as servers may print the content anew", async () => {
    const writer = await open().open(undefined);
    await writer.append(intentEntry("rooms/a"));
    server.content = JSON.stringify(JSON.parse(server.content ?? ""));
    const second = await open().open(await open().read());
    server.faults.push({ method: "POST", with: "ignored" });
    const { detail } = await getStateError(second.append(intentEntry("rooms/b")));
    expect(detail).toContain("then returned another one");
    await second.append(intentEntry("rooms/b"));
  });

  it("rescues a state that cannot be stored at the end, and names the file", async () => {
    const writer = await open({ TF_HTTP_RETRY_MAX: "0" }).open(undefined);
    writer.noteCall();
    for (let at = 0; at < 3; at++) server.faults.push({ method: "POST", with: 500 });
    await getStateError(writer.append(recordEntry("rooms/a")));
    const error = await getStateError(writer.close());
    expect(error.help).toContain("chatform state push errored.json");
    expect(rescued.map(({ resources }) => Object.keys(resources))).toEqual([["rooms/a"]]);
  });

  it("notices that the lock was replaced", async () => {
    const store = open();
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(undefined);
    server.lock = JSON.stringify({ ...lock.info, ID: "other", Who: "sam@elsewhere" });
    const error = await getStateError(writer.append(intentEntry("rooms/a")));
    expect([error.code, error.detail.includes("sam@elsewhere")]).toEqual(["lock-lost", true]);
    expect(lock.lost.aborted).toBe(true);
    await lock.release();
    expect(server.lock).toContain("other");
  });

  it("shows how to remove a lock that the server keeps", async () => {
    const lock = await open({ TF_HTTP_RETRY_MAX: "0" }).lock("apply", { timeoutMs: 0 });
    server.faults.push({ method: "DELETE", with: 500 });
    const error = await getStateError(lock.release());
    // A response that is lost or an error does not tell whether the lock was released.
    const next = `If it is, when the server works again: chatform state unlock ${lock.info.ID}`;
    expect([error.code, error.help]).toEqual(["backend-failed", `The state may still be locked. ${next}`]);
    await open().unlock(lock.info.ID);
    expect(server.lock).toBeUndefined();
  });

  it("withdraws a lock that it may have got without a response", async () => {
    for (let at = 0; at < 3; at++) server.faults.push({ method: "POST", with: "drop-after" });
    expect((await getStateError(open().lock("apply", { timeoutMs: 0 }))).code).toBe("backend-failed");
    expect([server.faults, server.lock]).toEqual([[], undefined]);
  });

  it("reports a server without locks", async () => {
    const store = open({ TF_HTTP_LOCK_ADDRESS: "" });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    expect(lock.notice).toContain("TF_HTTP_LOCK_ADDRESS");
    await (await store.open(undefined)).append(intentEntry("rooms/a"));
    await lock.release();
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /state/prod",
      "POST /state/prod",
      "GET /state/prod",
    ]);
  });

  /** Gathers until it is hurried. */
  function httpStoreThatWaits(): StateStore {
    const patient: Clock = {
      ...clock,
      sleep: async (_ms, signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => {
            reject(new Error("hurry"));
          }),
        ),
    };
    const rescue: Rescue = async () => Promise.reject(new Error("not in this test"));
    const time = { timeoutMs: 30_000 };
    return httpStore({ server: httpOptions({ address: server.url }, {}), clock: patient, rescue, time });
  }
});
