import type { Json, JsonObject } from "../../core/json/json.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import { isDeparted, userName } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { without } from "../../core/state/state.js";
import { elements, textElements } from "../attributes.js";

/** Returns the findings about people who are in a room, or own it, without being declared. */
export function rosterFindings(
  { attributes, options, applied }: ResolvedResource,
  live: JsonObject,
  people: OrgPeople,
): readonly Finding[] {
  const isSelf = (id: Json): boolean => id === people.tokenUser;
  const additive = options?.["participantsMode"] === "additive";
  const ownsRoom = attributes["owners"] !== undefined && undeclared(attributes, live, "/owners").some(isSelf);
  if (attributes["participants"] === undefined) return tokenUserFindings(ownsRoom ? ["owns the room"] : []);
  const others = undeclared(attributes, live, "/participants");
  const removed = additive ? [] : elements(applied ?? {}, "/participants");
  return [
    ...tokenUserFindings([
      ...(ownsRoom ? ["owns the room"] : []),
      ...(!additive && others.some(isSelf) ? ["is in the room"] : []),
    ]),
    ...inactiveFindings(without(others, removed), people),
    ...(additive
      ? undeclaredFindings(
          others.filter((id) => !isSelf(id) && !isDeparted(id, people)),
          people,
        )
      : []),
  ];
}

function undeclared(attributes: JsonObject, live: JsonObject, path: string): readonly Json[] {
  return without(elements(live, path), elements(attributes, path));
}

/** @param roles that the token's user has without being declared: "owns the room" */
function tokenUserFindings(roles: readonly string[]): readonly Finding[] {
  if (roles.length === 0) return [];
  const text = `The token's user ${roles.join(" and ")}, but is not declared there. chatform never removes that user.`;
  return [{ code: "acting-user-kept", severity: "note", text }];
}

function inactiveFindings(others: readonly Json[], people: OrgPeople): readonly Finding[] {
  const gone = others.filter((id) => isDeparted(id, people));
  if (gone.length === 0) return [];
  const text = `${counted(gone, "departed user")} still in the room and not declared: ${folded(gone, people)}. chatform leaves them alone.`;
  return [{ code: "inactive-participant", severity: "note", text, ...onlyUser(gone) }];
}

function undeclaredFindings(others: readonly Json[], people: OrgPeople): readonly Finding[] {
  if (others.length === 0) return [];
  const text = `${counted(others, "participant")} not declared: ${folded(others, people)}. participantsMode: additive keeps them.`;
  return [{ code: "undeclared-participant", severity: "note", text, ...onlyUser(others) }];
}

function counted(list: readonly Json[], noun: string): string {
  return list.length === 1 ? `1 ${noun} is` : `${list.length} ${noun}s are`;
}

const maxNamed = 5;

function folded(ids: readonly Json[], people: OrgPeople): string {
  const names = textElements({ ids }, "/ids")
    .slice(0, maxNamed)
    .map((id) => userName(id, people));
  const more = ids.length > maxNamed ? ` and ${ids.length - maxNamed} more` : "";
  return `${names.join(", ")}${more}`;
}

function onlyUser(ids: readonly Json[]): Pick<Finding, "user"> {
  const [id] = ids;
  return ids.length === 1 && typeof id === "string" ? { user: id } : {};
}
