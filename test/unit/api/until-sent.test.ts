/** A signal that ends the waits before a request is sent, and no request that was sent. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ApiClient } from "../../../src/api/client.js";
import { createApi } from "../../../src/api/client.js";
import { connectionFromEnv } from "../../../src/api/auth/connection.js";
import type { Emulator } from "../../../src/emulator/index.js";
import { startEmulator } from "../../../src/emulator/index.js";
import { JumpingClock } from "../../helpers/world.js";

const operation = "getChatsSettings";
let emulator: Emulator;
let api: ApiClient;
let stop: AbortController;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  stop = new AbortController();
  const connection = connectionFromEnv({ ...emulator.env });
  // The signal comes while the client decides to try again.
  const onRetry = (): void => {
    stop.abort(new Error("stopped"));
  };
  api = createApi({ connection, parallelism: 1, clock: new JumpingClock(), onRetry });
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
