/** A signal that ends a call as long as nothing can have been carried out. */
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { ApiClient } from "../../../src/api/client.js";
import { createApi } from "../../../src/api/client.js";
import type { ApiRequest } from "../../../src/api/api.js";
import type { Connection } from "../../../src/api/auth/connection.js";
import { connectionFromEnv } from "../../../src/api/auth/connection.js";
import type { Emulator } from "../../../src/emulator/index.js";
import { startEmulator } from "../../../src/emulator/index.js";
import { NetworkError } from "../../../src/http/network-error.js";
import { withRetries } from "../../../src/api/rate/retry.js";
import { WaitLimit } from "../../../src/api/rate/wait-limit.js";
import { Waits } from "../../../src/api/rate/waits.js";
import { Service } from "./service.js";
import { JumpingClock } from "../../helpers/world.js";

const operation = "getChatsSettings";
let emulator: Emulator;
let api: ApiClient;
let stop: AbortController;
let abort: AbortController;
/** Called while the client decides to try again. */
let onRetry: () => void;

const open = (connection: Connection): ApiClient =>
  createApi({
    ...{ connection, parallelism: 1, clock: new JumpingClock() },
    onRetry: () => {
      onRetry();
    },
  });

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  stop = new AbortController();
  abort = new AbortController();
  onRetry = () => {
    stop.abort(new Error("stopped"));
  };
  api = open(connectionFromEnv({ ...emulator.env }));
});

afterEach(async () => {
  await api.close();
  await emulator.close();
});

const fail = (status: number): void => {
  emulator.addFaults({ match: { operation, nth: 1 }, action: { type: "status", status } });
};
const sent = (): number => emulator.requests.filter((one) => one.operation === operation).length;

it("sends nothing after the signal", async () => {
  stop.abort(new Error("stopped"));
  await expect(api.call({ operation, untilSent: stop.signal })).rejects.toThrow("stopped");
  expect(sent()).toBe(0);
});

it("does not wait for the rate limit after the signal", async () => {
  fail(429);
  await expect(api.call({ operation, untilSent: stop.signal })).rejects.toThrow("stopped");
  expect(sent()).toBe(1);
});

it("finishes what may have been carried out", async () => {
  fail(503);
  await api.call({ operation, untilSent: stop.signal });
  expect(sent()).toBe(2);
});

it("lets other calls have the place", async () => {
  stop.abort(new Error("stopped"));
  await expect(api.call({ operation, untilSent: stop.signal })).rejects.toThrow("stopped");
  await api.call({ operation });
  expect(sent()).toBe(1);
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

it.each([
  { status: 429, reason: "stopped" },
  { status: 503, reason: "aborted" },
])("tells by its reason whether the call may have been carried out: $status", async ({ status, reason }) => {
  fail(status);
  onRetry = () => {
    stop.abort(new Error("stopped"));
    abort.abort(new Error("aborted"));
  };
  await expect(api.call({ operation, untilSent: stop.signal }, abort.signal)).rejects.toThrow(reason);
  expect(sent()).toBe(1);
});

it("ends no request that was sent", async () => {
  emulator.addFaults({ match: { operation, nth: 1 }, action: { type: "hang" } });
  const called = api.call({ operation, untilSent: stop.signal }, abort.signal);
  await until(() => sent() > 0);
  stop.abort(new Error("stopped"));
  abort.abort(new Error("aborted"));
  await expect(called).rejects.toThrow("aborted");
});

it("does not wait for a token after the signal", async () => {
  const service = await new Service().start();
  service.tokenScript = ["hang"];
  const client = open(service.connection());
  onTestFinished(() => client.close());
  const called = client.call({ operation, untilSent: stop.signal }, abort.signal);
  await until(() => service.tokenLog.length > 0);
  stop.abort(new Error("stopped"));
  await expect(called).rejects.toThrow("stopped");
  expect(service.log).toEqual([]);
});

it("does not wait for a connection after the signal", async () => {
  let connections = 0;
  // It never responds to the TLS handshake.
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { type: "token", token: "t" } as const;
  const client = open({ apiUrl: url, loginUrl: url, credentials, tokenPoolSize: 1 });
  onTestFinished(() => client.close());
  const called = client.call({ operation, untilSent: stop.signal }, abort.signal);
  await until(() => connections > 0);
  stop.abort(new Error("stopped"));
  await expect(called).rejects.toThrow("stopped");
});

it.each([
  { sent: false, reason: "stopped" },
  { sent: true, reason: "aborted" },
])("ends the wait after a lost connection, sent: $sent", async ({ sent: wasSent, reason }) => {
  const clock = new JumpingClock();
  const request: ApiRequest = { operation: "patchChatsSettings" };
  const exchange = {
    ...{
      name: request.operation,
      method: "PATCH",
      path: "/",
      target: "/",
      headers: {},
      attempt: 1,
      token: 0,
    },
    ...{ once: false, optional: false, beforeSend: undefined, limit: new WaitLimit(0) },
    ...{ signal: abort.signal, untilSent: stop.signal },
  };
  const counters = { requests: 0, throttled: 0, retries: 0, waitedMs: 0 };
  const layer = {
    ...{ clock, counters, waits: new Waits(clock) },
    onRetry: () => {
      stop.abort(new Error("stopped"));
      abort.abort(new Error("aborted"));
    },
  };
  let attempts = 0;
  const called = withRetries(exchange, layer, () => {
    attempts++;
    return Promise.reject(new NetworkError("connection.failed", wasSent, "refused"));
  });
  await expect(called).rejects.toThrow(reason);
  expect(attempts).toBe(1);
});
