import type { Json, JsonObject } from "../../core/json/json.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { Goal, ResourceChange } from "../../core/kind/resource-change.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import { isDeparted, unknownPeople } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { union, without } from "../../core/state/state.js";
import { elements, pick } from "../attributes.js";
import { capacityFindings } from "./room-capacity.js";
import { rosterFindings } from "./roster-findings.js";

/**
 * Returns the desired values of an existing room. An exact list removes neither the token's user, who might lock themselves out, nor
 * a declared owner: a service that puts the creator or the owners into the room would otherwise make plans without end.
 *
 * A departed user is never added, and is removed only if chatform added them. Undocumented: whether the service removes them at all.
 */
export function roomGoal(resource: ResolvedResource, live: JsonObject, people: OrgPeople): Goal {
  const { attributes, options } = resource;
  const { owners, participants } = attributes;
  const isSelf = (id: Json): boolean => id === people.tokenUser;
  const declaredOwners = new Set(elements(attributes, "/owners"));
  const isKept = (id: Json): boolean => isSelf(id) || declaredOwners.has(id);
  const additive = options?.["participantsMode"] === "additive";
  return {
    attributes: {
      ...pick(attributes, ["subject", "description"]),
      ...(owners === undefined ? {} : { owners: wantedPeople("/owners", resource, live, people, isSelf) }),
      ...(participants === undefined
        ? {}
        : {
            participants: wantedPeople(
              "/participants",
              resource,
              live,
              people,
              additive ? () => true : isKept,
            ),
          }),
    },
    findings: rosterFindings(resource, live, people),
  };
}

/** Returns the declared people who are present or can be added, and the others who stay. */
function wantedPeople(
  path: string,
  { attributes, applied }: ResolvedResource,
  live: JsonObject,
  people: OrgPeople,
  isKept: (id: Json) => boolean,
): readonly Json[] {
  const present = elements(live, path);
  const declared = [...new Set(elements(attributes, path))].filter(
    (id) => !isDeparted(id, people) || present.includes(id),
  );
  const added = elements(applied ?? {}, path);
  const stays = (id: Json): boolean => isKept(id) || (isDeparted(id, people) && !added.includes(id));
  return union(declared, present.filter(stays));
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
