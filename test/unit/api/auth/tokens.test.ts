import { expect, onTestFinished, test } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import type { ApiRequest } from "../../../../src/api/api.js";
import { createApi } from "../../../../src/api/client.js";
import { Service, getFailure, world } from "../service.js";

const read: ApiRequest = { operation: "getChatsSettings" };

test("requests a token once, with the client's credentials", async () => {
  const { api, service } = await world();
  await Promise.all(Array.from({ length: 20 }, () => api.call(read)));
  expect(service.tokenLog).toHaveLength(1);
  expect(service.tokenLog[0]).toMatchObject({
    method: "POST",
    url: "/oauth/token",
    body: "grant_type=client_credentials",
    headers: {
      authorization: `Basic ${Buffer.from("the-id:the-secret").toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
  });
});

test.each([
  [3600, 3540],
  [100, 80],
])("a token of %i s is renewed after %i s", async (seconds, after) => {
  const { api, service, clock } = await world();
  service.tokenSeconds = seconds;
  await api.call(read);
  clock.time += after * 1000 - 1;
  await api.call(read);
  expect(service.tokenLog).toHaveLength(1);
  clock.time += 1;
  await Promise.all([api.call(read), api.call(read)]);
  // In the background: nothing waits for it.
  expect(service.log.at(-1)?.headers.authorization).toBe("Bearer t1");
  while (service.log.at(-1)?.headers.authorization !== "Bearer t2") await api.call(read);
  expect(service.tokenLog).toHaveLength(2);
});

test("a token that cannot be renewed is used until its end", async () => {
  const { api, service, clock } = await world();
  service.tokenSeconds = 3600;
  await api.call(read);
  service.tokenScript = Array.from({ length: 20 }, () => ({
    status: 401,
    body: { error: "invalid_client" },
  }));
  clock.time += 3540_000;
  for (let at = 0; at < 9; at++) {
    await api.call(read);
    while (service.tokenLog.length < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.time += 1000;
  }
  expect(service.tokenLog).toHaveLength(2);
  clock.time += 60_000;
  expect(await getFailure(api.call(read))).toMatchObject({ code: "bad.credentials" });
});

test("many 401s at once request one new token", async () => {
  const { api, service } = await world({ parallelism: 20 });
  service.script = [
    (seen, response) => {
      response.writeHead(seen.headers.authorization === "Bearer t1" ? 401 : 200);
      response.end("{}");
    },
  ];
  const create: ApiRequest = { operation: "postChatsRooms", body: { subject: "s" } };
  await Promise.all(Array.from({ length: 20 }, () => api.call(create)));
  expect(service.tokenLog).toHaveLength(2);
  expect(service.log.length).toBeLessThanOrEqual(40);
});

test("a second 401 is final", async () => {
  const { api, service } = await world();
  service.script = [{ status: 401, body: { code: "bad.credentials", message: "Invalid login" } }];
  expect(await getFailure(api.call(read))).toMatchObject({
    status: 401,
    code: "bad.credentials",
    outcome: "refused",
  });
  expect(service.log).toHaveLength(2);
});

test("a 401 for a given access token is final, and the error says what to check", async () => {
  const credentials = { type: "token", token: "mine" } as const;
  const { api, service } = await world({}, { credentials });
  service.script = [{ status: 401, body: { code: "bad.credentials" } }];
  const failure = await getFailure(api.call(read));
  expect(failure).toMatchObject({ status: 401, outcome: "refused" });
  expect(failure.reason).toContain("GENESYSCLOUD_ACCESS_TOKEN");
  expect(service.log).toHaveLength(1);
  expect(service.log[0]?.headers.authorization).toBe("Bearer mine");
  expect(service.tokenLog).toHaveLength(0);
});

test("waits when the token endpoint throttles, with HTTP 400", async () => {
  const { api, service, clock } = await world();
  const throttled = {
    status: 400,
    body: { error: "invalid_request", description: "rate limit exceeded; retry later" },
  };
  service.tokenScript = [throttled, throttled];
  await api.call(read);
  expect(service.tokenLog).toHaveLength(3);
  expect(clock.sleeps).toEqual([1000, 2000]);
});

test("retries when the token endpoint fails", async () => {
  const { api, service } = await world();
  service.tokenScript = [{ status: 503 }, "drop"];
  await api.call(read);
  expect(service.tokenLog).toHaveLength(3);
});

test.each([
  [401, "invalid_client"],
  [400, "invalid_client"],
  [401, undefined],
])("wrong credentials (%i %s) are reported at once", async (status, error) => {
  const { api, service } = await world();
  service.tokenScript = [{ status, body: { error, description: "client not found" } }];
  const failure = await getFailure(api.call(read));
  expect(failure).toMatchObject({ operation: "oauth.token", code: "bad.credentials", status });
  expect(new ApiError(failure).advice).toContain("GENESYSCLOUD_OAUTHCLIENT_SECRET");
  expect(failure.credentialsEnded).toBe(true);
  await getFailure(api.call(read));
  expect(service.tokenLog).toHaveLength(1);
});

test("a caller that gives up waiting for a token does not take it from the others", async () => {
  const service = await new Service().start();
  let respond: (() => void) | undefined;
  service.tokenScript = [
    (_seen, response) => {
      respond = () => response.end(JSON.stringify({ access_token: "late", expires_in: 900 }));
    },
  ];
  const api = createApi({ connection: service.connection(), parallelism: 5 });
  onTestFinished(() => api.close());
  const hasty = new AbortController();
  const givenUp = api.call(read, hasty.signal);
  const patient = api.call(read);
  while (respond === undefined) await new Promise((resolve) => setImmediate(resolve));
  hasty.abort(new Error("hasty"));
  await expect(givenUp).rejects.toThrow("hasty");
  respond();
  await patient;
  expect(service.tokenLog).toHaveLength(1);
});
