import { describe, expect, test } from "vitest";
import { toEndpoint } from "../../../../src/api/auth/endpoint.js";
import { ApiError } from "../../../../src/api/errors.js";
import { readChatDomain, readOrganization } from "../../../../src/api/directory/organization.js";
import type { Json } from "../../../../src/core/json/json.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

/** A service that responds to each operation with a body, or refuses it; with 404 to others. */
function service(responses: Readonly<Record<string, Json | ApiError>>): ScriptedApi {
  return new ScriptedApi(({ operation }) => {
    const response = Object.hasOwn(responses, operation) ? responses[operation] : refusal(404, "not.found");
    if (response instanceof ApiError) throw response;
    return response ?? {};
  });
}

const org = { id: "6B0C2F4E-0000-4000-8000-000000000001", name: "Example Org" };
const id = org.id.toLowerCase();

describe("readOrganization", () => {
  test("is one request where organizations/me responds", async () => {
    const api = service({ getOrganizationsMe: { ...org, version: 7 }, getTokensMe: {} });
    expect(await readOrganization(api)).toEqual({ id, name: "Example Org" });
    expect(api.counts()).toEqual({ getOrganizationsMe: 1 });
  });

  test.each([400, 401, 403, 404, 405, 410])("falls back to tokens/me after a %i", async (status) => {
    const api = service({ getOrganizationsMe: refusal(status, "no"), getTokensMe: { organization: org } });
    expect(await readOrganization(api)).toMatchObject({ id });
  });

  test.each<[Json]>([
    [[]],
    [{}],
    [{ id: "" }],
    [{ id: " " }],
    [{ id: 7 }],
    [{ id: { id } }],
    [{ id: "x".repeat(201) }],
  ])("treats %j as no org", async (odd) => {
    expect(
      await readOrganization(service({ getOrganizationsMe: odd, getTokensMe: { organization: odd } })),
    ).toBe(undefined);
    expect(await readOrganization(service({ getOrganizationsMe: odd, getTokensMe: odd }))).toBe(undefined);
  });

  test("leaves out a name that is not text", async () => {
    expect(await readOrganization(service({ getOrganizationsMe: { id, name: 7 } }))).toEqual({ id });
  });

  test.each([408, 429, 500, 503])("throws a failure: %i", async (status) => {
    const api = service({
      getOrganizationsMe: refusal(status, "broken"),
      getTokensMe: { organization: org },
    });
    await expect(readOrganization(api)).rejects.toThrow("broken");
  });

  test("throws where there is no token, and where there is no response", async () => {
    const request = { method: "POST", path: "/", outcome: "not-sent", reason: "no" } as const;
    const failures = [
      new ApiError({ ...request, operation: "oauth.token", status: 401, code: "bad.credentials" }),
      new ApiError({ ...request, operation: "getOrganizationsMe", code: "connection.failed" }),
    ];
    for (const failure of failures)
      await expect(readOrganization(service({ getOrganizationsMe: failure }))).rejects.toBe(failure);
  });
});

describe("readChatDomain", () => {
  const user = { id: "u", chat: { jabberId: "0123456789abcdef01234567@Example-Org.orgspan.com" } };

  test("is that of the token's user", async () => {
    const api = service({ getUsersMe: user });
    expect(await readChatDomain(api)).toBe("example-org.orgspan.com");
    expect(api.counts()).toEqual({ getUsersMe: 1 });
  });

  test("is that of any user who has a jid, where the token has no user", async () => {
    const entities: Json = [{ id: "x" }, { chat: { jabberId: "odd" } }, { chat: 7 }, null, user];
    const api = service({ getUsersMe: refusal(400, "not.a.user"), getUsers: { entities } });
    expect(await readChatDomain(api)).toBe("example-org.orgspan.com");
  });

  test.each<[Json]>([[{}], [{ entities: [] }], [{ entities: "no" }], [{ entities: [{}] }]])(
    "%j tells none",
    async (users) => {
      expect(await readChatDomain(service({ getUsersMe: { id: "u" }, getUsers: users }))).toBeUndefined();
    },
  );
});

test.each([
  ["https://api.mypurecloud.de", { host: "api.mypurecloud.de", region: "eu-central-1" }],
  ["http://127.0.0.1:8080", { host: "127.0.0.1:8080" }],
  ["https://Gateway.example.com:8443/genesys/", { host: "gateway.example.com:8443/genesys" }],
])("the endpoint of %s", (apiUrl, endpoint) => {
  expect(toEndpoint({ apiUrl, credentials: { type: "token", token: "secret" } })).toEqual(endpoint);
  const credentials = { type: "client", id: "client", secret: "secret" } as const;
  expect(toEndpoint({ apiUrl, credentials })).toEqual({ ...endpoint, clientId: "client" });
});
