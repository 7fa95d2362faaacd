/** Once the credentials have ended, nothing is sent any more; a refusal of one operation ends nothing. */
import { expect, test } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import type { Act } from "../service.js";
import { getFailure, world } from "../service.js";

const read: ApiRequest = { operation: "getChatsSettings" };
const create: ApiRequest = { operation: "postChatsRooms", body: { subject: "s" } };
const given = { credentials: { type: "token", token: "mine" } } as const;
const ok: Act = { status: 200, body: { jid: "r" } };

const refuses = (code: string): Act => ({ status: 401, body: { code, message: "No." } });
const tokenCodes = ["bad.credentials", "credentials.expired", "authentication.required"];

test.each(tokenCodes)("a given access token that is refused with %s ends the credentials", async (code) => {
  const { api, service } = await world({}, given);
  service.script = [ok, refuses(code), ok];
  await api.call(read);
  expect(await getFailure(api.call(create))).toMatchObject({
    ...{ operation: "postChatsRooms", code, status: 401, outcome: "refused", credentialsEnded: true },
  });
  for (const request of [read, create]) {
    const failure = await getFailure(api.call(request));
    expect(failure).toMatchObject({
      operation: request.operation,
      code,
      outcome: "not-sent",
      credentialsEnded: true,
    });
    expect(failure.reason).toContain("GENESYSCLOUD_ACCESS_TOKEN");
  }
  expect(service.log).toHaveLength(2);
});

test("a 401 ip.not.authorized is an ordinary refusal: no new token is requested, and nothing ends", async () => {
  const code = "ip.not.authorized";
  for (const more of [given, {}]) {
    const { api, service } = await world({}, more);
    service.script = [...Array.from({ length: 4 }, () => refuses(code)), ok];
    for (let time = 0; time < 4; time++) {
      const failure = await getFailure(api.call(create));
      expect(failure).toMatchObject({ code, status: 401, outcome: "refused", reason: "No." });
      expect(failure.credentialsEnded).toBeUndefined();
    }
    await api.call(read);
    expect(service.tokenLog.length).toBeLessThanOrEqual(1);
  }
});

test("a client that the login no longer knows ends the credentials at the first refusal", async () => {
  const { api, service } = await world({ parallelism: 3 });
  await api.call(read);
  service.tokenScript = Array.from({ length: 50 }, () => ({
    status: 401,
    body: { error: "invalid_client" },
  }));
  service.script = [refuses("bad.credentials")];
  const failures = await Promise.all(Array.from({ length: 20 }, () => getFailure(api.call(create))));
  for (const failure of failures) expect(failure).toMatchObject({ credentialsEnded: true });
  expect(service.log.length).toBeLessThanOrEqual(1 + 3);
  expect(service.tokenLog).toHaveLength(2);
});

test("new tokens that are refused one after the other end the credentials", async () => {
  const { api, service } = await world();
  service.script = [refuses("bad.credentials")];
  expect(await getFailure(api.call(read))).toMatchObject({ status: 401, credentialsEnded: true });
  await getFailure(api.call(read));
  expect(service.log).toHaveLength(2);
});

test.each([
  ["without a code", undefined],
  ["with an unknown code", { code: "something.else", message: "No." }],
])("optional requests that are refused with 401 %s end nothing, and get no new token", async (_how, body) => {
  for (const more of [given, {}]) {
    const { api, service } = await world({}, more);
    service.script = [...Array.from({ length: 4 }, (): Act => ({ status: 401, body })), ok];
    for (let time = 0; time < 4; time++) {
      const failure = await getFailure(api.call({ ...read, optional: true }));
      expect(failure.credentialsEnded).toBeUndefined();
    }
    await api.call(read);
    expect(service.log).toHaveLength(5);
    expect(service.tokenLog.length).toBeLessThanOrEqual(1);
  }
});

test("an operation that always responds with 401, while others work, ends nothing", async () => {
  const { api, service } = await world();
  service.script = [
    (seen, response) => {
      response.writeHead(seen.method === "POST" ? 401 : 200).end(JSON.stringify({ code: "bad.credentials" }));
    },
  ];
  for (let at = 0; at < 5; at++) {
    await api.call(read);
    const failure = await getFailure(api.call({ ...create, once: true }));
    expect(failure).toMatchObject({ status: 401 });
    expect(failure.credentialsEnded).toBeUndefined();
  }
});

test("calls that wait for the rate limit or for another attempt end with the credentials", async () => {
  const { api, service, clock } = await world({ parallelism: 3 }, given);
  clock.sleep = (_ms, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });
  service.script = [{ status: 503, headers: { "retry-after": "300" } }, refuses("bad.credentials")];
  const waiting = getFailure(api.call(read));
  while (api.waiting()?.leftMs === undefined) await new Promise((resolve) => setImmediate(resolve));
  await getFailure(api.call(create));
  expect(await waiting).toMatchObject({ operation: "getChatsSettings", credentialsEnded: true });
});

test("a new run uses the credentials again", async () => {
  const { api, service } = await world({}, given);
  service.script = [refuses("bad.credentials"), ok];
  await getFailure(api.call(read));
  api.tryCredentialsAgain();
  await api.call(read);
  expect(service.log).toHaveLength(2);
});

test.each([
  [401, "ip.not.authorized"],
  [403, "app.not.authorized.for.scope"],
  [403, "missing.any.permissions"],
  [504, "authentication.request.timeout"],
])("a refusal with %i %s is not put down to the access token", async (status, code) => {
  const { api, service } = await world({}, given);
  service.script = [{ status, body: { code, message: "No." } }];
  const failure = await getFailure(api.call(create));
  expect(failure).toMatchObject({ code, reason: "No." });
  expect(failure.credentialsEnded).toBeUndefined();
});

test.each([
  ["without a code", undefined],
  ["with an unknown code", { code: "something.else", message: "No." }],
])(
  "a given access token that is refused %s, three times in a row, ends the credentials",
  async (_how, body) => {
    const { api, service } = await world({}, given);
    const page: Act = { status: 401, body };
    service.script = [page, page, ok, page, page, page, ok];
    for (const ended of [undefined, undefined])
      expect((await getFailure(api.call(create))).credentialsEnded).toBe(ended);
    await api.call(read);
    for (const ended of [undefined, undefined, true])
      expect((await getFailure(api.call(create))).credentialsEnded).toBe(ended);
    expect(await getFailure(api.call(read))).toMatchObject({ outcome: "not-sent", credentialsEnded: true });
    expect(service.log).toHaveLength(6);
  },
);
