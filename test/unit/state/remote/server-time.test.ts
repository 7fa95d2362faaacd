/** State servers that hang, and Ctrl-C while they do. Waits are real here, but short; nothing says how long they took. */
import { once } from "node:events";
import type { Server } from "node:net";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/core/time/clock.js";
import type { State } from "../../../../src/core/state/state.js";
import { printState } from "../../../../src/state/codec.js";
import { httpOptions } from "../../../../src/state/remote/http-options.js";
import { httpStore } from "../../../../src/state/remote/http-store.js";
import { pgOptions } from "../../../../src/state/remote/pg-session.js";
import { pgStore } from "../../../../src/state/remote/pg-store.js";
import type { ServerTimeOptions } from "../../../../src/state/remote/server-time.js";
import { ServerTime, NoResponseError } from "../../../../src/state/remote/server-time.js";
import type { StateStore } from "../../../../src/state/store.js";
import type { StateServer } from "../../../conformance/state-server.js";
import { startStateServer } from "../../../conformance/state-server.js";
import { intentEntry, recordEntry } from "../samples.js";
import { getStateError } from "../state-error.js";

let server: StateServer;
let rescued: State[];
let silent: Server;

beforeEach(async () => {
  server = await startStateServer({ manner: "terraform" });
  rescued = [];
  // Takes connections and never says a word.
  silent = createServer((socket) => socket.on("error", () => undefined));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
});

afterEach(async () => {
  await server.close();
  silent.close();
});

async function rescue(state: State): Promise<{ readonly file: string; readonly command: string }> {
  rescued.push(state);
  return Promise.resolve({ file: "errored.json", command: "chatform state push errored.json" });
}

function http(time: ServerTimeOptions, env: Record<string, string> = {}): StateStore {
  const all = {
    TF_HTTP_ADDRESS: server.url,
    TF_HTTP_LOCK_ADDRESS: server.url,
    TF_HTTP_RETRY_MAX: "0",
    ...env,
  };
  return httpStore({ server: httpOptions({}, all), clock: systemClock, gatherMs: 1, time, rescue });
}

function pg(time: ServerTimeOptions): StateStore {
  const { port } = silent.address() as AddressInfo;
  const options = pgOptions({}, { PG_CONN_STR: `postgresql://jane@127.0.0.1:${port}/x` });
  return pgStore({ server: options, clock: systemClock, time, rescue });
}

const quick = { timeoutMs: 60 };
const patient = { timeoutMs: 600_000 };

describe("--timeout", () => {
  it.each(["hang-before", "dribble"] as const)("ends a response that does %s", async (fault) => {
    server.faults.push({ method: "GET", with: fault });
    const { code, detail, help } = await getStateError(http(quick).read());
    expect([code, detail]).toEqual([
      "backend-failed",
      `GET ${server.url}: the state server gave no response within 60 ms.`,
    ]);
    expect(help).toContain("--timeout");
  });

  it("ends a connection that a proxy never makes", async () => {
    const { port } = silent.address() as AddressInfo;
    const env = {
      TF_HTTP_ADDRESS: "https://state.invalid/x",
      TF_HTTP_LOCK_ADDRESS: "",
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    };
    expect((await getStateError(http(quick, env).read())).detail).toContain("no response within 60 ms");
  });

  it("ends a database that does not respond", async () => {
    const { code, detail, help } = await getStateError(pg(quick).read());
    expect([code, detail]).toEqual([
      "backend-failed",
      "PostgreSQL chatform/default failed: no response within 60 ms.",
    ]);
    expect(help).toContain("--timeout");
  });

  it("ends a write, which can be retried", async () => {
    const store = http(quick);
    const writer = await store.open(undefined);
    server.faults.push({ method: "POST", with: "hang-before" });
    expect((await getStateError(writer.append(intentEntry("rooms/a")))).code).toBe("backend-failed");
    await writer.append(intentEntry("rooms/b"));
    expect((await writer.close()).uncertain.map(({ address }) => address)).toEqual(["rooms/b"]);
  });
});

describe("a response", () => {
  it.each(["endless", "bomb"] as const)("that is %s is abandoned, and not requested again", async (fault) => {
    server.faults.push({ method: "GET", with: fault });
    const { code, detail } = await getStateError(http(patient, { TF_HTTP_RETRY_MAX: "3" }).read());
    expect([code, detail]).toEqual([
      "state-too-large",
      "The response of the state server is larger than 256 MB, the limit for a state.",
    ]);
    expect(server.requests).toHaveLength(1);
  });
});

describe("Ctrl-C", () => {
  it("ends reads and locks at once, and releases a lock that the server granted anyway", async () => {
    const connected = once(silent, "connection").then(() => undefined);
    const asked = (): Promise<void> => expect.poll(() => server.requests.length, { interval: 2 }).toBe(1);
    server.faults.push({ method: "GET", with: "hang-before" });
    for (const [open, waiting] of [
      [http, asked],
      [pg, async () => connected],
    ] as const) {
      const stop = new AbortController();
      const read = expect(open({ ...patient, stop: stop.signal }).read()).rejects.toThrow("enough");
      await waiting();
      stop.abort(new Error("enough"));
      await read;
    }
    const stop = new AbortController();
    server.faults.push({ method: "LOCK", with: "hang-after" });
    const locking = http({ ...patient, stop: stop.signal }).lock("apply", {
      timeoutMs: 0,
      signal: stop.signal,
    });
    const refused = expect(locking).rejects.toThrow("enough");
    await expect.poll(() => server.lock, { interval: 2 }).toBeDefined();
    stop.abort(new Error("enough"));
    await refused;
    expect(server.lock).toBeUndefined();
  });

  it("sent twice rescues the state that a server that hangs cannot store", async () => {
    const [stop, abort] = [new AbortController(), new AbortController()];
    const store = http({ ...patient, stop: stop.signal, abort: abort.signal });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    for (let at = 0; at < 4; at++) server.faults.push({ method: "POST", with: "hang-before" });
    const outcome = expect(writer.append(recordEntry("rooms/a"))).rejects.toThrow();
    const closed = getStateError(writer.close());
    stop.abort(new Error("once"));
    abort.abort(new Error("twice"));
    await outcome;
    expect((await closed).help).toMatch(/: chatform state push errored\.json$/);
    expect(rescued.map(({ resources }) => Object.keys(resources))).toEqual([["rooms/a"]]);
  });

  it("sent once waits for a server that hangs until --timeout, and then rescues", async () => {
    const stop = new AbortController();
    const store = http({ timeoutMs: 200, stop: stop.signal }, { TF_HTTP_RETRY_MAX: "9" });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    const posts = (): number => server.requests.filter(({ method }) => method === "POST").length;
    const before = posts();
    for (let at = 0; at < 20; at++) server.faults.push({ method: "POST", with: "hang-before" });
    stop.abort(new Error("once"));
    const outcome = expect(writer.append(recordEntry("rooms/a"))).rejects.toThrow();
    await Promise.all([outcome, getStateError(writer.close())]);
    expect(rescued.map(({ resources }) => Object.keys(resources))).toEqual([["rooms/a"]]);
    // No retries: one request for the outcome, one at the end.
    expect(posts() - before).toBe(2);
  });

  it("allows a working server to store the state", async () => {
    const [stop, abort] = [new AbortController(), new AbortController()];
    const writer = await http({ ...patient, stop: stop.signal, abort: abort.signal }).open(undefined);
    await writer.append(intentEntry("rooms/a"));
    stop.abort(new Error("once"));
    abort.abort(new Error("twice"));
    await writer.append(recordEntry("rooms/a"));
    const state = await writer.close();
    expect(server.content).toBe(printState(state));
    expect(rescued).toEqual([]);
  });
});

describe("ServerTime", () => {
  it("returns the result or throws the error of work that ends in time", async () => {
    const time = new ServerTime(patient, systemClock);
    expect(await time.limit(async () => Promise.resolve(1))).toBe(1);
    await expect(time.limit(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("aborts the signal of work that is late", async () => {
    let seen: AbortSignal | undefined;
    const work = new ServerTime({ timeoutMs: 1 }, systemClock).limit(async (signal) => {
      seen = signal;
      return new Promise(() => undefined);
    });
    await expect(work).rejects.toThrow(NoResponseError);
    expect(seen?.aborted).toBe(true);
  });

  it("limits the total time of all requests after the first Ctrl-C", async () => {
    let now = 0;
    const clock = { monotonic: () => now };
    const time = new ServerTime({ timeoutMs: 600_000, stop: AbortSignal.abort(new Error("stop")) }, clock);
    await time.limit(async () => {
      now += 600_000;
      return Promise.resolve();
    });
    // Nothing is left but a moment.
    await expect(time.limit(async () => new Promise(() => undefined))).rejects.toThrow(NoResponseError);
  });
});
