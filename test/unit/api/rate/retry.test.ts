import { expect, onTestFinished, test } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import { createApi } from "../../../../src/api/client.js";
import { toNetworkError } from "../../../../src/http/network-error.js";
import type { Act } from "../service.js";
import { getFailure, FastClock, Service, world } from "../service.js";

const read: ApiRequest = { operation: "getChatsSettings" };
const change: ApiRequest = { operation: "patchChatsSettings", body: {} };
const create: ApiRequest = { operation: "postChatsRooms", body: { subject: "s" } };

const ok: Act = { status: 200, body: { jid: "r" } };

for (const status of [502, 503, 504]) {
  for (const [name, request] of Object.entries({ read, change })) {
    test(`attempts a ${name} five times after ${status}`, async () => {
      const { api, service, clock } = await world();
      service.script = [{ status }, { status }, ok];
      await api.call(request);
      expect(service.log).toHaveLength(3);
      expect(clock.sleeps).toEqual([250, 500]);
      service.script = [{ status }];
      expect(await getFailure(api.call(request))).toMatchObject({ outcome: "unclear", status });
      expect(service.log).toHaveLength(3 + 5);
    });
  }

  test(`does not repeat a create after ${status}`, async () => {
    const { api, service } = await world();
    service.script = [{ status }];
    expect(await getFailure(api.call(create))).toMatchObject({ outcome: "unclear", status });
    expect(service.log).toHaveLength(1);
  });
}

test("waits at least as long as a 503 requests, and a little longer", async () => {
  const { api, service, clock } = await world();
  clock.chance = 0.5;
  service.script = [{ status: 503, headers: { "retry-after": "40" } }, ok];
  await api.call(read);
  expect(clock.sleeps).toEqual([40_125]);
});

test("waits as long as a 429 requests, and a little longer, for every operation", async () => {
  for (const request of [read, change, create]) {
    const { api, service, clock } = await world();
    clock.chance = 0.5;
    service.script = [{ status: 429, headers: { "retry-after": "42" } }, ok];
    await api.call(request);
    expect(service.log).toHaveLength(2);
    expect(clock.sleeps.reduce((sum, one) => sum + one, 0)).toBe(42_125);
    expect(api.stats()).toMatchObject({ throttled: 1, retries: 1, waitedMs: 42_125 });
  }
});

test("accepts a date as Retry-After", async () => {
  const { api, service, clock } = await world();
  const at = (ms: number): string => new Date(clock.now() + ms).toUTCString();
  const headers = { "retry-after": at(9000), date: at(0) };
  service.script = [{ status: 503, headers }, ok];
  await api.call(read);
  expect(clock.sleeps).toEqual([9000]);
});

test("gives up when the service always responds with 429", async () => {
  const { api, service } = await world();
  service.script = [{ status: 429, headers: { "retry-after": "0" } }];
  expect(await getFailure(api.call(read))).toMatchObject({ outcome: "refused", status: 429 });
  expect(service.log.length).toBeGreaterThan(10);
});

const once: readonly (readonly [status: number, outcome: string])[] = [
  [400, "refused"],
  [403, "refused"],
  [404, "refused"],
  [408, "unclear"],
  [409, "refused"],
  [413, "refused"],
  [415, "refused"],
  [302, "refused"],
];
test.each(once)("does not repeat after %i: %s", async (status, outcome) => {
  for (const request of [read, change, create]) {
    const { api, service } = await world();
    service.script = [{ status, headers: { location: `${service.url}/elsewhere` } }];
    expect(await getFailure(api.call(request))).toMatchObject({ outcome, status });
    expect(service.log).toHaveLength(1);
  }
});

test("repeats reads and repeatable writes after a lost connection; a create is unclear", async () => {
  const { api, service } = await world();
  for (const request of [read, change]) {
    service.script = ["drop", "drop", ok];
    await api.call(request);
  }
  service.log.length = 0;
  service.script = ["drop"];
  expect(await getFailure(api.call(create))).toMatchObject({ outcome: "unclear", code: "connection.failed" });
  expect(service.log).toHaveLength(1);
});

test("counts a response that does not end as a lost connection", async () => {
  const { api, service } = await world();
  const cut: Act = (_seen, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"jid":', () => response.destroy());
  };
  service.script = [cut, ok];
  await api.call(read);
  service.script = [cut];
  expect(await getFailure(api.call(create))).toMatchObject({ outcome: "unclear", code: "connection.failed" });
});

test.each(["<html>", "", '"text"', "null", "[", "17"])("refuses the body %j", async (body) => {
  const { api, service } = await world();
  service.script = [{ status: 200, body }];
  expect(await getFailure(api.call(create))).toMatchObject({
    outcome: "unclear",
    code: "bad.answer",
    status: 200,
  });
  expect(service.log).toHaveLength(1);
  service.script = [{ status: 200, body }, ok];
  expect((await api.call(read)).body).toEqual({ jid: "r" });
});

test("bounds the size of a response, with or without Content-Length", async () => {
  const { api, service } = await world({ maxResponseBytes: 1000 });
  const long = JSON.stringify({ jid: "x".repeat(2000) });
  service.script = [{ status: 200, body: long }];
  for (const request of [read, create]) {
    expect(await getFailure(api.call(request))).toMatchObject({
      outcome: "unclear",
      code: "answer.too.large",
    });
  }
  service.script = [
    (_seen, response) => {
      const write = (): unknown => response.destroyed || setImmediate(() => response.write(long, write));
      write();
    },
  ];
  expect(await getFailure(api.call(read))).toMatchObject({ code: "answer.too.large" });
});

test("gives up waiting for a response", async () => {
  const { api, service } = await world({ responseTimeoutMs: 400 });
  await api.call(read);
  service.script = ["hang"];
  expect(await getFailure(api.call(create))).toMatchObject({ outcome: "unclear", code: "timeout" });
});

test("an IPv6 address is readable in an error", () => {
  const error = Object.assign(new Error("connect ECONNREFUSED ::1:8080"), {
    ...{ code: "ECONNREFUSED", syscall: "connect", address: "::1", port: 8080 },
  });
  expect(toNetworkError(error, false).message).toBe("connect ECONNREFUSED [::1]:8080");
  expect(toNetworkError(new AggregateError([error]), false).message).toBe("connect ECONNREFUSED [::1]:8080");
});

/** Port 1 (tcpmux), at which nothing listens and which the system never assigns. */
const deadUrl = "http://127.0.0.1:1";

test("repeats a request that was certainly not sent, even a create", async () => {
  const clock = new FastClock();
  const service = await new Service().start();
  const connection = service.connection({ apiUrl: deadUrl });
  const api = createApi({ connection, parallelism: 1, clock });
  onTestFinished(() => api.close());
  for (const request of [read, create]) {
    clock.sleeps.length = 0;
    expect(await getFailure(api.call(request))).toMatchObject({
      outcome: "not-sent",
      code: "connection.failed",
    });
    expect(clock.sleeps).toHaveLength(4);
  }
});

test("waits longer after every failure, with jitter", async () => {
  const { api, service, clock } = await world();
  clock.chance = 0.999;
  service.script = [{ status: 503 }];
  await getFailure(api.call(read));
  expect(clock.sleeps.map(Math.round)).toEqual([500, 1000, 1999, 3998]);
});
