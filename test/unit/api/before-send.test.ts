import { afterEach, beforeEach, expect, it } from "vitest";
import type { ApiClient } from "../../../src/api/client.js";
import { createApi } from "../../../src/api/client.js";
import { connectionFromEnv } from "../../../src/api/auth/connection.js";
import type { Emulator } from "../../../src/emulator/index.js";
import { startEmulator } from "../../../src/emulator/index.js";
import { JumpingClock } from "../../helpers/world.js";

let emulator: Emulator;
let api: ApiClient;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  const connection = connectionFromEnv({ ...emulator.env });
  api = createApi({ connection, parallelism: 1, clock: new JumpingClock() });
});

afterEach(async () => {
  await api.close();
  await emulator.close();
});

const sent = (): number =>
  emulator.requests.filter(({ operation }) => operation === "getChatsSettings").length;

it("checks right before each attempt is sent", async () => {
  emulator.addFaults({
    match: { operation: "getChatsSettings", nth: 1 },
    action: { type: "status", status: 429 },
  });
  const seen: number[] = [];
  const beforeSend = async (): Promise<void> => {
    seen.push(sent());
    return Promise.resolve();
  };
  await api.call({ operation: "getChatsSettings", beforeSend });
  expect(seen).toEqual([0, 1]);
});

it("sends nothing when the check fails, and continues with other calls", async () => {
  const beforeSend = async (): Promise<void> => Promise.reject(new Error("not ours any more"));
  await expect(api.call({ operation: "getChatsSettings", beforeSend })).rejects.toThrow("not ours any more");
  expect(sent()).toBe(0);
  await api.call({ operation: "getChatsSettings" });
  expect(sent()).toBe(1);
});

it("lets other calls use the place during the check", async () => {
  const beforeSend = async (): Promise<void> => {
    await api.call({ operation: "getOrganizationsMe" });
  };
  await api.call({ operation: "getChatsSettings", beforeSend });
  expect(emulator.requests.map(({ operation }) => operation).slice(-2)).toEqual([
    "getOrganizationsMe",
    "getChatsSettings",
  ]);
});
