/** Tests that every wait that the service requests is bounded, for any value and any change of the wall clock. */
import { expect, test } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import type { RetryEntry } from "../../../../src/api/client.js";
import type { Act } from "../service.js";
import { getFailure, world } from "../service.js";

const read: ApiRequest = { operation: "getChatsSettings" };
const change: ApiRequest = { operation: "patchChatsSettings", body: {} };
const create: ApiRequest = { operation: "postChatsRooms", body: { subject: "s" } };

const ok: Act = { status: 200, body: { jid: "r" } };
const hour = 3_600_000;

const asks = (status: number, retryAfter: string, more: Readonly<Record<string, string>> = {}): Act => ({
  status,
  headers: { "retry-after": retryAfter, ...more },
});

const slept = (clock: { readonly sleeps: readonly number[] }): number =>
  clock.sleeps.reduce((sum, one) => sum + one, 0);

const tooLong = [
  "97200",
  "601",
  "1e300",
  "99999999999999999999999",
  "Infinity",
  "Fri, 01 Jan 2100 00:00:00 GMT",
];

for (const status of [429, 502, 503, 504]) {
  test.each(tooLong)(`${status} with Retry-After %s is an error at once`, async (retryAfter) => {
    const { api, service, clock } = await world();
    service.script = [asks(status, retryAfter), ok];
    const failure = await getFailure(api.call(read));
    expect(failure).toMatchObject({ code: "wait.too.long", status });
    expect(failure.reason).toContain("--max-wait allows 10 min");
    expect(service.log).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });
}

test("a call that is sent once fails at once when the wait would be too long", async () => {
  const { api, service } = await world();
  service.script = [asks(429, "97200"), ok];
  const failure = await getFailure(api.call({ ...create, once: true }));
  expect(failure).toMatchObject({ code: "wait.too.long", status: 429, outcome: "refused" });
});

test("names the wait that the service asks for", async () => {
  const { api, service } = await world();
  service.script = [asks(429, "97200")];
  expect((await getFailure(api.call(create))).reason).toContain("asks to wait 27 h");
});

test.each(["-5", "NaN", "soon", "", "Wed, 01 Jul 2020 08:00:00 GMT", "12 parrots"])(
  "Retry-After %j bounds nothing, and hangs nothing",
  async (retryAfter) => {
    for (const status of [429, 503]) {
      const { api, service, clock } = await world();
      service.script = [asks(status, retryAfter), ok];
      await api.call(read);
      expect(slept(clock)).toBeLessThanOrEqual(3_250);
    }
  },
);

test("a date is compared with the service's own clock", async () => {
  const { api, service, clock } = await world();
  clock.offset = -hour;
  const date = "Wed, 01 Jul 2026 08:00:00 GMT";
  service.script = [asks(503, "Wed, 01 Jul 2026 08:00:20 GMT", { date }), ok];
  await api.call(read);
  expect(clock.sleeps).toEqual([20_000]);
});

test("after the service asked for too long a wait, the next call fails without a request", async () => {
  const { api, service } = await world();
  service.script = [asks(429, "97200"), ok];
  await getFailure(api.call(read));
  expect(await getFailure(api.call(create))).toMatchObject({ code: "wait.too.long", outcome: "not-sent" });
  expect(service.log).toHaveLength(1);
});

test("another token is tried before a call fails for the limit of one", async () => {
  const { api, service } = await world({}, { tokenPoolSize: 2 });
  const limit = { key: "token.rate.per.minute", value: "300" };
  service.script = [{ status: 429, headers: { "retry-after": "97200" }, body: { limit } }, ok];
  await api.call(read);
  expect(service.log.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
});

test("no other token is tried after a refusal that may be for all of them", async () => {
  const { api, service } = await world({}, { tokenPoolSize: 2 });
  service.script = [asks(429, "97200"), ok];
  expect(await getFailure(api.call(read))).toMatchObject({ code: "wait.too.long" });
  expect([service.log.length, service.tokenLog.length]).toEqual([1, 1]);
});

test("a window that ends later than --max-wait is an error", async () => {
  const limit = (reset: string): Act => ({
    status: 200,
    body: {},
    headers: { "inin-ratelimit-count": "5", "inin-ratelimit-allowed": "5", "inin-ratelimit-reset": reset },
  });
  const strict = await world({ maxWaitMs: 30_000 });
  strict.service.script = [limit("31")];
  await strict.api.call(read);
  expect(await getFailure(strict.api.call(read))).toMatchObject({ code: "wait.too.long" });
  const usual = await world();
  usual.service.script = [limit("31"), limit("1000000000")];
  await usual.api.call(read);
  await usual.api.call(read);
  expect(slept(usual.clock)).toBeGreaterThanOrEqual(31_000);
  expect(await getFailure(usual.api.call(read))).toMatchObject({ code: "wait.too.long" });
});

test.each([429, 503])("all waits of one call together are bounded: %i", async (status) => {
  const { api, service, clock } = await world();
  service.script = [asks(status, "250")];
  const failure = await getFailure(api.call(read));
  expect(failure).toMatchObject({ code: "wait.too.long", status });
  expect(failure.reason).toMatch(/asks to wait 4 min after a wait of 8 min, and --max-wait allows 10 min/);
  expect(slept(clock)).toBeLessThanOrEqual(600_000);
});

test("--max-wait 0 waits for nothing", async () => {
  const { api, service, clock } = await world({ maxWaitMs: 0 });
  service.script = [asks(429, "1"), ok];
  expect(await getFailure(api.call(read))).toMatchObject({ code: "wait.too.long" });
  expect(clock.sleeps).toEqual([]);
});

const rateLimited = { error: "invalid_request", description: "rate limit exceeded; retry later" };
test.each([
  [{ status: 400, body: rateLimited, headers: { "retry-after": "97200" } }, 0],
  [{ status: 429, headers: { "retry-after": "Infinity" } }, 0],
  [{ status: 503, headers: { "retry-after": "97200" } }, 0],
  [{ status: 400, body: rateLimited, headers: { "retry-after": "250" } }, 500_000],
] as const)("the login's waits are bounded too: %o", async (act, mostMs) => {
  const { api, service, clock } = await world();
  service.tokenScript = Array.from({ length: 10 }, () => act);
  const failure = await getFailure(api.call(read));
  expect(failure).toMatchObject({ operation: "oauth.token", code: "wait.too.long", outcome: "not-sent" });
  expect(failure.credentialsEnded).toBeUndefined();
  expect(slept(clock)).toBeLessThanOrEqual(mostMs);
  expect(service.log).toHaveLength(0);
});

test("a login that stays throttled ends no credentials", async () => {
  const { api, service } = await world();
  service.tokenScript = Array.from({ length: 7 }, () => ({ status: 400, body: rateLimited }));
  expect((await getFailure(api.call(read))).credentialsEnded).toBeUndefined();
  await api.call(read);
});

test.each([hour, -hour, 24 * 365 * hour])(
  "a wall clock that jumps by %i ms stretches no wait",
  async (jump) => {
    const { api, service, clock } = await world();
    const limit = {
      "inin-ratelimit-count": "5",
      "inin-ratelimit-allowed": "5",
      "inin-ratelimit-reset": "60",
    };
    service.tokenSeconds = 3600;
    service.script = [
      (_seen, response) => {
        clock.offset += jump;
        response.writeHead(429, { "retry-after": "42" }).end();
      },
      (_seen, response) => {
        clock.offset += jump;
        response.writeHead(200, limit).end("{}");
      },
      ok,
    ];
    await api.call(read);
    await api.call(read);
    expect(slept(clock)).toBeLessThan(42_250 + 61_250);
    // The token is renewed by the time that passed, not by the time of day.
    expect(service.tokenLog).toHaveLength(1);
    clock.time += 3_600_000;
    await api.call(read);
    expect(service.tokenLog).toHaveLength(2);
  },
);

test("a read is attempted three times after 500; a write once", async () => {
  const { api, service } = await world();
  service.script = [{ status: 500 }, { status: 500 }, ok];
  await api.call(read);
  expect(service.log).toHaveLength(3);
  service.script = [{ status: 500 }];
  expect(await getFailure(api.call(read))).toMatchObject({ outcome: "unclear", status: 500 });
  expect(service.log).toHaveLength(3 + 3);
  for (const request of [change, create]) {
    service.log.length = 0;
    expect(await getFailure(api.call(request))).toMatchObject({ outcome: "unclear", status: 500 });
    expect(service.log).toHaveLength(1);
  }
});

test("reports the reason and the wait of each retry", async () => {
  const entries: RetryEntry[] = [];
  const { api, service, clock } = await world({ onRetry: (entry) => entries.push(entry) });
  service.tokenScript = [{ status: 503 }];
  service.script = [
    { status: 500, body: { code: "internal.server.error" } },
    { status: 429, body: { code: "too.many.requests" }, headers: { "retry-after": "42" } },
    "drop",
    { status: 401, body: { code: "credentials.expired" } },
    ok,
  ];
  await api.call(read);
  const settings = { operation: "getChatsSettings", method: "GET", path: "/api/v2/chats/settings" };
  expect(entries).toEqual([
    {
      operation: "oauth.token",
      method: "POST",
      path: "/oauth/token",
      attempt: 2,
      waitMs: 250,
      reason: "503",
    },
    { ...settings, attempt: 2, waitMs: 250, reason: "500 internal.server.error" },
    { ...settings, attempt: 3, waitMs: 42_000, reason: "429 too.many.requests" },
    { ...settings, attempt: 4, waitMs: 500, reason: "connection.failed" },
    { ...settings, attempt: 5, waitMs: 0, reason: "401 credentials.expired, with a new token" },
  ]);
  expect(slept(clock)).toBe(250 + 250 + 42_000 + 500);
});

test("reports the current wait: a response, then the rate limit, then none", async () => {
  const { api, service, clock } = await world({}, { credentials: { type: "token", token: "t" } });
  expect(api.waiting()).toBeUndefined();
  let sent: (() => void) | undefined;
  service.script = [
    (_seen, response) => {
      sent = () => response.writeHead(429, { "retry-after": "42" }).end();
    },
    ok,
  ];
  const call = api.call(read);
  while (sent === undefined) await new Promise((resolve) => setImmediate(resolve));
  clock.time += 5000;
  expect(api.waiting()).toEqual({ what: `a response from ${service.url}`, sinceMs: 5000, isFirst: true });
  const seen: unknown[] = [];
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    seen.push(api.waiting());
    await sleep(ms, signal);
  };
  sent();
  await call;
  expect(seen).toEqual([
    { what: "the rate limit of Genesys Cloud", sinceMs: 0, leftMs: 42_000, isFirst: false },
  ]);
  expect(api.waiting()).toBeUndefined();
});

test("reports the wait of an aborted call", async () => {
  const { api, service } = await world();
  service.script = ["hang"];
  const stop = new AbortController();
  const call = api.call(read, stop.signal);
  while (service.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(api.interruptedWait()).toBeUndefined();
  stop.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  expect(api.interruptedWait()?.what).toBe(`a response from ${service.url}`);
});

test("a call that times out is attempted three times", async () => {
  const { api, service } = await world({ responseTimeoutMs: 400 });
  service.script = [ok];
  await api.call(read);
  service.script = ["hang"];
  const failure = await getFailure(api.call(read));
  expect(failure).toMatchObject({
    code: "timeout",
    reason: `no response within 400 ms, waiting for ${service.url}`,
  });
  expect(service.log).toHaveLength(1 + 3);
});

test("headers that dribble in do not count as a response", async () => {
  const { api, service } = await world({ responseTimeoutMs: 400 });
  service.script = [
    (_seen, response) => {
      const { socket } = response;
      socket?.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket?.write("x: y\r\n"), 5);
      socket?.on("close", () => {
        clearInterval(drip);
      });
    },
  ];
  expect(await getFailure(api.call(create))).toMatchObject({ code: "timeout", outcome: "unclear" });
});

test("a login that hangs is given up and retried", async () => {
  const { api, service } = await world({ responseTimeoutMs: 400 });
  service.tokenScript = ["hang", "hang", "hang"];
  expect(await getFailure(api.call(read))).toMatchObject({ operation: "oauth.token", code: "timeout" });
  expect(service.tokenLog).toHaveLength(3);
  await api.call(read);
});

test("headers that are too large have an error of their own", async () => {
  const { api, service } = await world();
  service.script = [{ status: 200, body: {}, headers: { huge: "x".repeat(100_000) } }];
  expect(await getFailure(api.call(read))).toMatchObject({ code: "answer.too.large", outcome: "unclear" });
  expect(service.log).toHaveLength(1);
});

test.each([
  `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  `{"reactionsEnabled":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  `{"a":`.repeat(100_000),
])("JSON that nests too deep is refused (%#)", async (body) => {
  const { api, service } = await world();
  service.script = [{ status: 200, body }];
  expect(await getFailure(api.call(create))).toMatchObject({
    code: "bad.answer",
    reason: "the response nests more than 100 levels of JSON",
  });
  service.script = [{ status: 400, body }];
  expect(await getFailure(api.call(create))).toMatchObject({ code: "http.400" });
});

test("accepts any brackets in a message", async () => {
  const { api, service } = await world();
  const body = { jid: `\\"${"[{".repeat(200)}` };
  service.script = [{ status: 200, body }];
  expect((await api.call(create)).body).toEqual(body);
});

test("requests that send one call again share one limit of waits", async () => {
  const { api, service } = await world({ maxWaitMs: 10_000 });
  service.script = [{ status: 429, headers: { "retry-after": "8" } }];
  const call = { operation: "postChatsRooms", body: { subject: "s" }, once: true, waitsWith: {} } as const;
  expect(await getFailure(api.call(call))).toMatchObject({ status: 429 });
  expect(await getFailure(api.call(call))).toMatchObject({ code: "wait.too.long" });
  expect(service.log.length).toBeLessThanOrEqual(2);
});
