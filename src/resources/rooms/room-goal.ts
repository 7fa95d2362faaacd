import type { Json, JsonObject } from "../../core/json/json.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { Goal, ResourceChange } from "../../core/kind/resource-change.js";
import { unknownPeople } from "../../core/people/org-people.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { union, without } from "../../core/state/state.js";
import { elements, pick } from "../attributes.js";
import { capacityFindings } from "./room-capacity.js";

/**
 * Returns the desired values of an existing room. An exact list removes neither the token's user, who might lock themselves out, nor
 * a declared owner: a service that puts the creator or the owners into the room would otherwise make plans without end.
 */
export function roomGoal(
  { attributes, options }: ResolvedResource,
  live: JsonObject,
  { tokenUser }: OrgPeople,
): Goal {
  const { owners, participants } = attributes;
  const isSelf = (id: Json): boolean => typeof tokenUser === "string" && id === tokenUser;
  const declared = [...new Set(elements(attributes, "/participants"))];
  const declaredOwners = [...new Set(elements(attributes, "/owners"))];
  const additive = options?.["participantsMode"] === "additive";
  const present = elements(live, "/participants");
  const exempt = new Set<Json>([...declaredOwners, ...(typeof tokenUser === "string" ? [tokenUser] : [])]);
  const kept = additive ? present : present.filter((id) => exempt.has(id));
  const ownerSelf = elements(live, "/owners").filter(isSelf);
  const isUndeclaredOwner = owners !== undefined && without(ownerSelf, declaredOwners).length > 0;
  const isUndeclaredParticipant =
    participants !== undefined && !additive && without(present, declared).some(isSelf);
  return {
    attributes: {
      ...pick(attributes, ["subject", "description"]),
      ...(owners === undefined ? {} : { owners: union(declaredOwners, ownerSelf) }),
      ...(participants === undefined ? {} : { participants: union(declared, kept) }),
    },
    findings: tokenUserFindings([
      ...(isUndeclaredOwner ? ["owns the room"] : []),
      ...(isUndeclaredParticipant ? ["is in the room"] : []),
    ]),
  };
}

/** @param roles that the token's user has without being declared: "owns the room" */
function tokenUserFindings(roles: readonly string[]): readonly Finding[] {
  if (roles.length === 0) return [];
  const text = `The token's user ${roles.join(" and ")}, but is not declared there. chatform never removes that user.`;
  return [{ code: "acting-user-kept", severity: "note", text }];
}

/** Returns true if an exact list would remove someone, who could be the token's user. */
export function dependsOnUser(resource: ResolvedResource, live: LiveValue | undefined): boolean {
  if (live?.present !== true) return false;
  const { attributes: wanted } = roomGoal(resource, live.attributes, unknownPeople);
  return ["owners", "participants"].some(
    (name) =>
      wanted[name] !== undefined &&
      without(elements(live.attributes, `/${name}`), elements(wanted, `/${name}`)).length > 0,
  );
}

export function roomFindings(change: ResourceChange): readonly Finding[] {
  return [...groupFindings(change), ...capacityFindings(change)];
}

function groupFindings({ before, attributes }: ResourceChange): readonly Finding[] {
  if (before["roomType"] !== "group" || attributes.every(({ path }) => path !== "/participants")) return [];
  const text =
    "The participants of this room follow its group. The service may refuse to change them here; change the group instead.";
  return [{ code: "group-room", severity: "warning", text }];
}
