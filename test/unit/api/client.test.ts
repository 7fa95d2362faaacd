import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { createApi } from "../../../src/api/client.js";
import { connectionFromEnv } from "../../../src/api/auth/connection.js";
import type { RequestEntry } from "../../../src/api/middleware.js";
import { readOnly } from "../../../src/api/read-only.js";
import { InternalError } from "../../../src/core/diagnostic.js";
import { VERSION } from "../../../src/core/version.js";
import { startEmulator } from "../../../src/emulator/index.js";
import { Service, world } from "./service.js";

test("calls the emulator with the environment that it prints", async () => {
  const emulator = await startEmulator({});
  onTestFinished(() => emulator.close());
  const connection = connectionFromEnv(emulator.env);
  const api = createApi({ connection, parallelism: 2 });
  onTestFinished(() => api.close());
  const { status, body } = await api.call({ operation: "getChatsSettings" });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { reactionsEnabled: expect.any(Boolean) as unknown },
  });
});

test("sends only the required headers, and encodes path and query", async () => {
  const { api, service } = await world();
  service.script = [{ status: 200, body: { entities: [] } }];
  const roomJid = "adhoc-1@conference.org/../x?y#z";
  await api.call({ operation: "getChatsRoomMessages", params: { roomJid }, query: { limit: "5" } });
  const body = { subject: "Fire" };
  await api.call({ operation: "patchChatsRoom", params: { roomJid: "r" }, body });
  await api.call({ operation: "getUsers", query: { id: ["a", "b&c"] } });
  const [get, patch, list] = service.log;
  expect(get?.url).toBe("/api/v2/chats/rooms/adhoc-1%40conference.org%2F..%2Fx%3Fy%23z/messages?limit=5");
  const host = service.url.replace("http://", "");
  const common = {
    accept: "application/json",
    authorization: "Bearer t1",
    "user-agent": `chatform/${VERSION}`,
  };
  expect(get?.headers).toEqual({ host, connection: "keep-alive", ...common });
  expect(patch).toMatchObject({ method: "PATCH", body: JSON.stringify(body) });
  expect(patch?.headers).toMatchObject({ "content-type": "application/json", ...common });
  expect(list?.url).toBe("/api/v2/users?id=a&id=b%26c");
});

const requests = {
  room: { operation: "getChatsRoom", params: { roomJid: "r" } },
  message: { operation: "getChatsRoomMessage", params: { roomJid: "r", messageIds: "m" } },
  history: { operation: "getChatsUserMessages", params: { userId: "u" } },
  members: { operation: "getGroupMembers", params: { groupId: "g" } },
  chats: { operation: "getUsersChatsMe" },
  people: { operation: "postUsersSearch", body: { query: [] } },
  settings: { operation: "getChatsSettings" },
  participants: { operation: "getChatsRoomParticipants", params: { roomJid: "r" } },
  addition: { operation: "postChatsRoomParticipant", params: { roomJid: "r", userId: "u" } },
} as const;

const errorBody = { message: "Later", code: "internal.server.error", status: 500 };

test.each<readonly [keyof typeof requests, unknown]>([
  ["room", []],
  ["room", {}],
  ["message", {}],
  ["message", []],
  ["members", {}],
  ["members", { total: 3 }],
  ["chats", []],
  ["people", {}],
  ["settings", errorBody],
  ["history", errorBody],
  ["participants", { code: "x", contextId: "c" }],
  ["addition", errorBody],
  ["addition", "<html>Sign in</html>"],
])("refuses other bodies: %s, %j", async (name, body) => {
  const { api, service } = await world();
  service.script = [{ status: 200, body }];
  await expect(api.call(requests[name])).rejects.toMatchObject({ failure: { code: "bad.answer" } });
});

test.each<readonly [keyof typeof requests, unknown]>([
  ["people", { total: 0 }],
  ["history", []],
  ["history", { id: "m" }],
  ["room", { jid: "r" }],
  ["settings", { code: "x", status: 1 }],
])("an empty list may be left out, and a history has several forms: %s, %j", async (name, body) => {
  const { api, service } = await world();
  service.script = [{ status: 200, body }];
  expect((await api.call(requests[name])).body).toEqual(body);
});

test("accepts any other body in the response to a call without a published one", async () => {
  const { api, service } = await world();
  service.script = [{ status: 200, body: { id: "m" } }];
  expect(await api.call(requests.addition)).toEqual({ status: 200, body: undefined });
});

test("gives up a response that does not end", async () => {
  const { api, service } = await world({ responseTimeoutMs: 400 });
  service.script = [
    (_seen, response) => {
      response.write("{");
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => {
        clearInterval(drip);
      });
    },
  ];
  await expect(api.call({ operation: "getChatsSettings" })).rejects.toMatchObject({
    failure: { code: "timeout", outcome: "unclear" },
  });
});

test.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
] as const)("decompresses a response with %s", async (encoding, compress) => {
  const { api, service } = await world();
  service.script = [
    (_seen, response) => {
      response.setHeader("content-encoding", encoding).end(compress('{"reactionsEnabled":true}'));
    },
  ];
  expect((await api.call({ operation: "getChatsSettings" })).body).toEqual({ reactionsEnabled: true });
});

test("refuses a body that is not compressed as its header says, or is too large when decompressed", async () => {
  const { api, service } = await world({ maxResponseBytes: 1000 });
  const bodies = [Buffer.from("not gzip"), gzipSync("x".repeat(1_000_000))];
  for (const body of bodies) {
    service.script = [(_seen, response) => response.setHeader("content-encoding", "gzip").end(body)];
    await expect(api.call({ operation: "patchChatsSettings", body: {} })).rejects.toMatchObject({
      failure: { outcome: "unclear" },
    });
  }
});

test("keeps connections alive", async () => {
  const { api, service } = await world({ parallelism: 1 });
  const ports = new Set<number | undefined>();
  service.script = [
    (_seen, response) => {
      ports.add(response.socket?.remotePort);
      response.end("{}");
    },
  ];
  for (let at = 0; at < 5; at++) await api.call({ operation: "getChatsSettings" });
  expect(ports.size).toBe(1);
});

test("puts the base path of a gateway before the path", async () => {
  const service = await new Service().start();
  const connection = service.connection({ apiUrl: `${service.url}/gate/api`, loginUrl: `${service.url}/in` });
  const api = createApi({ connection, parallelism: 1 });
  onTestFinished(() => api.close());
  await api.call({ operation: "getChatsSettings" });
  expect(service.log[0]?.url).toBe("/gate/api/api/v2/chats/settings");
  expect(service.tokenLog[0]?.url).toBe("/in/oauth/token");
});

test("never has more requests in flight than allowed, and loses none", async () => {
  const { api, service } = await world({ parallelism: 3 });
  const calls = Array.from({ length: 50 }, () => api.call({ operation: "getChatsSettings" }));
  await Promise.all(calls);
  expect(service.log).toHaveLength(50);
  expect(service.mostInFlight).toBeLessThanOrEqual(3);
  expect(api.stats()).toMatchObject({ requests: 50, throttled: 0, retries: 0 });
});

test("accepts any 2xx, and an empty response to a change", async () => {
  const { api, service } = await world();
  service.script = [{ status: 204 }, { status: 202, body: { jid: "r" } }, { status: 200, body: "whatever" }];
  expect(await api.call({ operation: "patchChatsSettings", body: {} })).toEqual({
    status: 204,
    body: undefined,
  });
  expect(await api.call({ operation: "postChatsRooms", body: { subject: "s" } })).toMatchObject({
    status: 202,
    body: { jid: "r" },
  });
  const removal = { operation: "deleteChatsRoomParticipant", params: { roomJid: "r", userId: "u" } } as const;
  expect(await api.call(removal)).toMatchObject({ status: 200, body: undefined });
});

test("logs each request without token and body", async () => {
  const entries: RequestEntry[] = [];
  const { api, service } = await world({ onRequest: (entry) => entries.push(entry) });
  service.script = [{ status: 503 }, { status: 200, body: {}, headers: { "ININ-Correlation-Id": "c-1" } }];
  await api.call({ operation: "putChatsSettings", body: { reactionsEnabled: true } });
  const common = { operation: "putChatsSettings", method: "PUT", path: "/api/v2/chats/settings", token: 1 };
  expect(entries).toEqual([
    { ...common, attempt: 1, milliseconds: 0, result: 503 },
    { ...common, attempt: 2, milliseconds: 0, result: 200, correlationId: "c-1" },
  ]);
  expect(api.stats()).toMatchObject({ requests: 2, retries: 1 });
});

test("knows the budget after a response", async () => {
  const { api, service } = await world({}, { tokenPoolSize: 4 });
  expect(api.budget()).toBeUndefined();
  const headers = {
    "inin-ratelimit-count": "1",
    "inin-ratelimit-allowed": "180",
    "inin-ratelimit-reset": "60",
  };
  service.script = [{ status: 200, body: {}, headers }];
  await api.call({ operation: "getChatsSettings" });
  expect(api.budget()).toMatchObject({
    ...{ perMinute: 720, faster: "GENESYSCLOUD_TOKEN_POOL_SIZE=17", spent: [{ requests: 1 }] },
    limits: [{ windows: [{ size: 180, left: 178 }, { left: 180 }, { left: 180 }, { left: 180 }] }, {}],
  });
});

test("refuses everything but reads while planning", async () => {
  const { api, service } = await world();
  const planning = readOnly(api);
  await planning.call({ operation: "getChatsSettings" });
  await expect(planning.call({ operation: "patchChatsSettings", body: {} })).rejects.toThrow(InternalError);
  expect(service.log).toHaveLength(1);
});

test("ends all requests when it is closed", async () => {
  const { api, service } = await world();
  service.script = ["hang"];
  const hanging = api.call({ operation: "postChatsRooms", body: { subject: "s" } });
  const outcome = hanging.then(
    () => "done",
    () => "failed",
  );
  while (service.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await api.close();
  expect(await outcome).toBe("failed");
  await expect(api.call({ operation: "getChatsSettings" })).rejects.toThrow("closed");
});

test("ends sleeps when it is closed", async () => {
  const service = await new Service().start();
  service.script = [{ status: 429, headers: { "retry-after": "300" } }];
  const api = createApi({ connection: service.connection(), parallelism: 2 });
  const waiting = [1, 2, 3].map(() => api.call({ operation: "getChatsSettings" }).catch(String));
  while (api.stats().throttled < 2) await new Promise((resolve) => setImmediate(resolve));
  await api.close();
  for (const result of await Promise.all(waiting)) expect(result).toContain("closed");
});

test("can be aborted while it waits for a response, for the rate limit, for its turn", async () => {
  const service = await new Service().start();
  const api = createApi({ connection: service.connection(), parallelism: 1 });
  onTestFinished(() => api.close());
  service.script = ["hang", { status: 429, headers: { "retry-after": "300" } }];
  const reason = new Error("enough");
  const first = new AbortController();
  const hanging = api.call({ operation: "getChatsSettings" }, first.signal);
  const queued = new AbortController();
  const inQueue = api.call({ operation: "getChatsSettings" }, queued.signal);
  while (service.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
  queued.abort(reason);
  await expect(inQueue).rejects.toBe(reason);
  first.abort(reason);
  await expect(hanging).rejects.toBe(reason);
  const third = new AbortController();
  const throttled = api.call({ operation: "getChatsSettings" }, third.signal);
  while (api.stats().throttled === 0) await new Promise((resolve) => setImmediate(resolve));
  third.abort(reason);
  await expect(throttled).rejects.toBe(reason);
  await expect(api.call({ operation: "getChatsSettings" }, third.signal)).rejects.toBe(reason);
  expect(service.log).toHaveLength(2);
});
