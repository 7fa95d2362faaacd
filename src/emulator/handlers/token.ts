import { operations } from "../../api/operations/operations.js";
import type { JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import { groupBy } from "../../core/multimap.js";
import type { Handlers, OperationCall } from "../handler.js";
import { uuidFromName } from "../org/ids.js";
import { defaultClient } from "../options.js";

/** The permissions of a token that may do everything. */
const allPermissions = [...new Set(Object.values(operations).flatMap(({ permissions }) => permissions))];

/** Returns the permissions of the token of a request, sorted. */
export function getPermissions({ permissions }: OperationCall<unknown>): readonly string[] {
  return [...(permissions ?? allPermissions)].sort(byCodeUnit);
}

/** Returns the policies of the role that gives a token its permissions. */
function getPolicies(call: OperationCall<unknown>): readonly JsonObject[] {
  const byEntity = groupBy(getPermissions(call), (permission) => permission.split(":").slice(0, 2).join(":"));
  const isConditional = call.variants.grantLimit === "condition";
  return [...byEntity].map(([entity, permissions]) => {
    const [domain = "", entityName = ""] = entity.split(":");
    return {
      domain,
      entityName,
      actions: permissions.map((permission) => permission.split(":")[2] ?? ""),
      ...(isConditional && { condition: "{ some condition }" }),
    };
  });
}

/** Operations that describe the token of the request. */
export const tokenHandlers: Handlers<"getOrganizationsMe" | "getTokensMe" | "getAuthorizationSubjectsMe"> = {
  getOrganizationsMe: ({ org: { id, name } }) => ({
    id,
    name,
    version: 1,
    state: "active",
    selfUri: `/api/v2/organizations/${id}`,
  }),
  getTokensMe: ({ org, caller }) => {
    const organization = { id: org.id, name: org.name };
    return {
      organization,
      homeOrganization: organization,
      authorizedScope: [],
      OAuthClient: {
        id: caller.isUser ? defaultClient.id : caller.id,
        name: "chatform",
        authorizedGrantType: caller.isUser ? "CODE" : "CLIENT_CREDENTIALS",
      },
    };
  },
  getAuthorizationSubjectsMe: (call) => {
    const { org, caller, variants } = call;
    const policies = getPolicies(call);
    const division = variants.grantLimit === "division" ? "Sales" : "Home";
    const grant = {
      subjectId: caller.id,
      division: { id: uuidFromName("division", division), name: division, homeDivision: division === "Home" },
      role: { id: uuidFromName("role", caller.id), name: "chatform", policies },
      grantMadeAt: new Date(org.now()).toISOString(),
    };
    return {
      id: caller.id,
      name: org.users.get(caller.id)?.name ?? "chatform",
      grants: policies.length === 0 ? [] : [grant],
      version: 1,
    };
  },
};
