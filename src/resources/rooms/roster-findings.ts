import type { Address } from "../../core/address.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import { isDeparted, userName } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { without } from "../../core/state/state.js";
import { elements, textElements } from "../attributes.js";

/** Returns the findings about people who are in a room, or own it, without being declared. */
export function rosterFindings(
  { address, attributes, options, applied }: ResolvedResource,
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
    ...inactiveFindings(address, without(others, removed), people),
    ...(additive
      ? undeclaredFindings(
          address,
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

function inactiveFindings(room: Address, others: readonly Json[], people: OrgPeople): readonly Finding[] {
  const gone = others.filter((id) => isDeparted(id, people));
  if (gone.length === 0) return [];
  const text = `${counted(gone, "departed user")} still in ${room} and not declared: ${folded(gone, people)}. chatform leaves them alone.`;
  return [{ code: "inactive-participant", severity: "note", text, ...onlyUser(gone) }];
}

function undeclaredFindings(room: Address, others: readonly Json[], people: OrgPeople): readonly Finding[] {
  if (others.length === 0) return [];
  const text = `${counted(others, "participant")} in ${room} and not declared: ${folded(others, people)}. participantsMode: additive keeps them.`;
  return [{ code: "undeclared-participant", severity: "note", text, ...onlyUser(others) }];
}

function counted(list: readonly Json[], noun: string): string {
  return list.length === 1 ? `1 ${noun} is` : `${list.length} ${noun}s are`;
}

const maxNamed = 5;

/** Names users. Those who share an e-mail are shown with their ids. */
function folded(ids: readonly Json[], people: OrgPeople): string {
  const shown = textElements({ ids }, "/ids").slice(0, maxNamed);
  const names = shown.map((id) => {
    const name = userName(id, people);
    return name !== id && isShared(name, people) ? `${name} (${id})` : name;
  });
  const more = ids.length > maxNamed ? ` and ${ids.length - maxNamed} more` : "";
  return `${names.join(", ")}${more}`;
}

function isShared(email: string, { people = {}, departed }: OrgPeople): boolean {
  const owners = new Set<string>();
  for (const [id, other] of Object.entries(people)) if (other === email) owners.add(id);
  for (const [id, other] of departed) if (other.email === email) owners.add(id);
  return owners.size > 1;
}

function onlyUser(ids: readonly Json[]): Pick<Finding, "user"> {
  const [id] = ids;
  return ids.length === 1 && typeof id === "string" ? { user: id } : {};
}
