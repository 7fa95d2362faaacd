import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { HeldPermission, HeldPermissions } from "../../core/permissions/held-permissions.js";
import type { Allowed } from "./unless-refused.js";

/** Returns the permissions in the response to GET /users/me with expand=authorization. Source: the vendor's OpenAPI description, UserAuthorization. */
export function getUserPermissions({ body, refusal }: Allowed): HeldPermissions {
  const authorization = body["authorization"];
  const permissions = isObject(authorization) ? authorization["permissions"] : undefined;
  if (!isObject(authorization) || !isArray(permissions)) return untold("GET /users/me", refusal);
  const policies = objectsIn(authorization["permissionPolicies"]).map((policy) => ({
    permissions: toPermissions(policy, policy["actionSet"]),
    isConditional: hasCondition(policy["resourceConditionNode"], policy["resourceCondition"]),
  }));
  const isLimited = (permission: string): boolean => {
    const own = policies.filter((policy) => policy.permissions.includes(permission));
    return own.length > 0 && own.every(({ isConditional }) => isConditional);
  };
  return {
    told: true,
    permissions: permissions.flatMap((permission): readonly HeldPermission[] => {
      if (typeof permission !== "string") return [];
      return [{ permission, ...(isLimited(permission) ? { limit: withCondition } : {}) }];
    }),
  };
}

/** Returns the permissions in the response to GET /authorization/subjects/me. Source: the vendor's OpenAPI description, AuthzSubject. */
export function getSubjectPermissions({ body, refusal }: Allowed): HeldPermissions {
  const source = "GET /authorization/subjects/me";
  const grants = body["grants"];
  if (!isArray(grants)) return untold(source, refusal);
  const granted = objectsIn(grants).map(({ role, division }) => ({
    policies: isObject(role) ? role["policies"] : undefined,
    division: divisionLimit(division),
  }));
  if (granted.some(({ policies }) => !isArray(policies)))
    return { told: false, reason: `${source} lists roles without their permissions` };
  return {
    told: true,
    permissions: granted.flatMap(({ policies, division }) =>
      objectsIn(policies).flatMap((policy) => {
        const limit = hasCondition(policy["condition"]) ? withCondition : division;
        return toPermissions(policy, policy["actions"]).map((permission) => ({
          permission,
          ...(limit === undefined ? {} : { limit }),
        }));
      }),
    ),
  };
}

const withCondition = "with a condition";

/** Returns the limit of a grant in one division. The home division and all divisions (`*`) are no limit. */
function divisionLimit(division: Json | undefined): string | undefined {
  if (!isObject(division)) return undefined;
  const { id, name, homeDivision } = division;
  if (homeDivision === true || id === "*" || typeof id !== "string") return undefined;
  return `in the division ${typeof name === "string" ? name : id}`;
}

function hasCondition(...conditions: readonly (Json | undefined)[]): boolean {
  return conditions.some((one) =>
    isObject(one) ? Object.keys(one).length > 0 : typeof one === "string" && one !== "",
  );
}

/** Returns the permissions of a policy: its domain and entity with each of its actions. */
function toPermissions({ domain, entityName }: JsonObject, actions: Json | undefined): readonly string[] {
  if (typeof domain !== "string" || !isArray(actions)) return [];
  const entity = typeof entityName === "string" && entityName !== "" ? entityName : "*";
  return actions.flatMap((action) => (typeof action === "string" ? `${domain}:${entity}:${action}` : []));
}

function untold(source: string, refusal: Allowed["refusal"]): HeldPermissions {
  if (refusal === undefined) return { told: false, reason: `${source} tells none` };
  const { status, code } = refusal.failure;
  return { told: false, reason: `${source}: ${status ?? ""} ${code}` };
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}
