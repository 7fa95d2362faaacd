import { describe, expect, test } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import { readHeldPermissions, readIdentity } from "../../../../src/api/identity/identity.js";
import type { Json } from "../../../../src/core/json/json.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

type Responses = Readonly<Record<string, Json | ApiError>>;

/** @param clientId of the credentials, where they are an OAuth client's */
function service(responses: Responses, clientId?: string): ScriptedApi {
  const api = new ScriptedApi(({ operation }) => {
    const response = responses[operation] ?? refusal(404, "not.found");
    if (response instanceof ApiError) throw response;
    return response;
  });
  return clientId === undefined
    ? api
    : Object.assign(api, { endpoint: { host: "api.example.com", clientId } });
}

const org = { id: "6b0c2f4e-0000-4000-8000-000000000001", name: "Example Org" };
const jane = { id: "1F2E0000-0000-4000-8000-00000000000A", name: "Jane Doe", email: "jane@example.com" };
const notUser = refusal(400, "not.a.user");
const policy = { domain: "chat", entityName: "room", actions: ["add", "*"] };
const home = { id: "d1", name: "Home", homeDivision: true };
const subject = { id: "c1", grants: [{ division: home, role: { id: "r", policies: [policy] } }] };
const granted = { told: true, permissions: [{ permission: "chat:room:add" }, { permission: "chat:room:*" }] };

describe("the identity of a user's token", () => {
  test("is read with its permissions and org in two requests", async () => {
    const authorization = { permissions: ["chat:chat:access", 7, "directory:user:view"] };
    const api = service({ getUsersMe: { ...jane, authorization }, getOrganizationsMe: org });
    expect(await readIdentity(api)).toEqual({
      type: "user",
      id: jane.id.toLowerCase(),
      name: "Jane Doe",
      org,
      permissions: {
        told: true,
        permissions: [{ permission: "chat:chat:access" }, { permission: "directory:user:view" }],
      },
    });
    expect(api.counts()).toEqual({ getUsersMe: 1, getOrganizationsMe: 1 });
  });

  test("asks for the roles where the user is shown without permissions", async () => {
    const api = service({ getUsersMe: jane, getAuthorizationSubjectsMe: subject, getOrganizationsMe: org });
    expect(await readIdentity(api)).toMatchObject({ type: "user", permissions: granted });
  });

  test("is known where only the expansion is refused", async () => {
    const api = new ScriptedApi(({ operation, query }) => {
      if (query !== undefined) throw refusal(400, "bad.request");
      return (
        { getUsersMe: jane, getAuthorizationSubjectsMe: subject, getOrganizationsMe: org }[
          operation as string
        ] ?? {}
      );
    });
    expect(await readIdentity(api)).toMatchObject({ type: "user", name: "Jane Doe", permissions: granted });
  });

  test("marks a permission that only policies with a condition give", async () => {
    const resourceConditionNode = { operator: "EQ" };
    const permissionPolicies = [
      { domain: "chat", entityName: "room", actionSet: ["add", "edit"], resourceConditionNode },
      { domain: "chat", entityName: "room", actionSet: ["edit"] },
    ];
    const authorization = { permissions: ["chat:room:add", "chat:room:edit"], permissionPolicies };
    const { permissions } = await readIdentity(service({ getUsersMe: { ...jane, authorization } }));
    expect(permissions).toEqual({
      told: true,
      permissions: [
        { permission: "chat:room:add", limit: "with a condition" },
        { permission: "chat:room:edit" },
      ],
    });
  });
});

describe("the identity of an OAuth client's token", () => {
  const told = { OAuthClient: { id: "b0a7", name: "chatform CI" }, organization: org };

  test.each<[string, string | undefined, Responses]>([
    ["of credentials", "b0a7", { getUsersMe: refusal(500, "must.not.be.sent") }],
    ["of a given access token", undefined, { getUsersMe: notUser }],
    ["refused with another code", undefined, { getUsersMe: refusal(403, "not.authorized") }],
  ])("is told by tokens/me and subjects/me: %s", async (_case, clientId, responses) => {
    const api = service(
      { getTokensMe: told, getAuthorizationSubjectsMe: subject, getOrganizationsMe: org, ...responses },
      clientId,
    );
    expect(await readIdentity(api)).toEqual({
      type: "client",
      id: "b0a7",
      name: "chatform CI",
      org,
      permissions: granted,
    });
    const { getUsersMe = 0, ...others } = api.counts();
    expect([getUsersMe <= 2, Object.values(others)]).toEqual([true, [1, 1, 1]]);
  });

  test.each([
    [refusal(403, "missing.permissions"), "GET /authorization/subjects/me: 403 missing.permissions"],
    [refusal(404, "not.found"), "GET /authorization/subjects/me: 404 not.found"],
    [{ id: "c1" }, "GET /authorization/subjects/me tells none"],
    [
      { grants: [{ role: { id: "r" } }] },
      "GET /authorization/subjects/me lists roles without their permissions",
    ],
  ])("has no permissions that are told where the service responds with %j", async (response, reason) => {
    const api = service(
      { getAuthorizationSubjectsMe: response, getUsersMe: notUser, getTokensMe: told },
      "b0a7",
    );
    expect(await readIdentity(api)).toMatchObject({
      type: "client",
      org,
      permissions: { told: false, reason },
    });
  });

  test("takes the permissions from users/me where only that tells them", async () => {
    const authorization = { permissions: ["chat:chat:access"] };
    const api = service({ getUsersMe: { ...jane, authorization } }, "b0a7");
    expect((await readIdentity(api)).permissions).toMatchObject({ told: true });
  });
});

describe("readIdentity", () => {
  test("knows nothing where the service refuses everything with codes of its own", async () => {
    expect(await readIdentity(service({}))).toEqual({
      type: "unknown",
      permissions: { told: false, reason: "GET /authorization/subjects/me: 404 not.found" },
    });
  });

  test.each([
    refusal(401, "ip.not.authorized"),
    refusal(404, "http.404"),
    refusal(407, "http.407"),
    refusal(503, "service.unavailable"),
  ])("throws what is not about one operation: %s", async (error) => {
    const all = { getUsersMe: error, getOrganizationsMe: error, getTokensMe: error };
    await expect(readIdentity(service({ ...all, getAuthorizationSubjectsMe: error }))).rejects.toBe(error);
  });
});

describe("readHeldPermissions", () => {
  test("is one request where the service tells them at once", async () => {
    const user = service({ getUsersMe: { ...jane, authorization: { permissions: [] } } });
    expect(await readHeldPermissions(user)).toEqual({ told: true, permissions: [] });
    expect(user.counts()).toEqual({ getUsersMe: 1 });
    const client = service({ getAuthorizationSubjectsMe: subject }, "b0a7");
    expect(await readHeldPermissions(client)).toEqual(granted);
    expect(client.counts()).toEqual({ getAuthorizationSubjectsMe: 1 });
  });

  test("names the limit of a grant", async () => {
    const sales = { id: "d2", name: "Sales", homeDivision: false };
    const all = { id: "*", name: "*" };
    const role = (...policies: readonly Json[]): Json => ({ id: "r", policies });
    const limited = { ...policy, actions: ["edit"], condition: "{ some condition }" };
    const grants = [
      { division: sales, role: role({ ...policy, actions: ["add"] }) },
      { division: all, role: role(limited, { domain: "directory", actions: ["view"] }) },
    ];
    expect(await readHeldPermissions(service({ getAuthorizationSubjectsMe: { grants } }, "b0a7"))).toEqual({
      told: true,
      permissions: [
        { permission: "chat:room:add", limit: "in the division Sales" },
        { permission: "chat:room:edit", limit: "with a condition" },
        { permission: "directory:*:view" },
      ],
    });
  });
});
