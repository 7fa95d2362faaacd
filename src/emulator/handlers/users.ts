import type { JsonObject } from "../../core/json/json.js";
import { onlyValues, searchBy } from "../input/criteria.js";
import type { OperationCall, Handlers } from "../handler.js";
import { pathParam, queryParam } from "../handler.js";
import { isUuid } from "../org/ids.js";
import { requireUser } from "../org/lookup.js";
import type { Group } from "../org/org.js";
import type { User } from "../org/users.js";
import { toPage } from "../input/paging.js";
import { notFound, refuse } from "../input/refusal.js";

const idLimit = 100;

function showUser(user: User): JsonObject {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    state: user.state,
    username: user.email,
    chat: { jabberId: user.jabberId },
    selfUri: `/api/v2/users/${user.id}`,
  };
}

function showGroup(group: Group): JsonObject {
  return {
    id: group.id,
    name: group.name,
    memberCount: group.members.length,
    state: "active",
    selfUri: `/api/v2/groups/${group.id}`,
  };
}

const userFields = {
  id: (user: User) => user.id,
  email: (user: User) => user.email,
  name: (user: User) => user.name,
  username: (user: User) => user.email,
  state: (user: User) => user.state,
};
const groupFields = { id: (group: Group) => group.id, name: (group: Group) => group.name };

interface Search {
  readonly query: readonly unknown[];
  readonly pageSize?: number;
  readonly pageNumber?: number;
}

function results<T>(
  call: OperationCall<Search>,
  found: readonly T[],
  show: (thing: T) => JsonObject,
): JsonObject {
  const { items, paging } = toPage(found, call.body.pageSize, call.body.pageNumber);
  const isLeftOut = items.length === 0 && call.variants.emptyResults === "omit";
  return { ...paging, ...(!isLeftOut && { results: items.map(show) }) };
}

function byIds(call: OperationCall<unknown>, given: readonly string[]): readonly User[] {
  // One value with commas is what the vendor's SDK sends.
  const ids = [...new Set(given.flatMap((value) => value.split(",")))];
  if (ids.length > idLimit)
    throw refuse("constraint.validation", `At most ${idLimit} ids, not ${ids.length}.`);
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) throw refuse("invalid.value", `Not a user id: ${JSON.stringify(wrong)}`);
  return ids.flatMap((id) => call.org.users.get(id) ?? []).filter((user) => user.state !== "deleted");
}

export const userHandlers: Handlers<
  "postUsersSearch" | "getUsers" | "getUser" | "getUsersMe" | "postGroupsSearch" | "getGroupMembers"
> = {
  postUsersSearch: (call) => {
    const matches = searchBy(call.body.query, userFields, call.variants);
    const emails = onlyValues(call.body.query, "email");
    const candidates =
      emails === undefined
        ? [...call.org.users.values()]
        : emails.flatMap((email) => call.org.users.withEmail(email));
    const found = candidates.filter((user) => user.state !== "deleted" && matches(user));
    return results(call, found, showUser);
  },
  getUsers: (call) => {
    const given = call.query.get("id");
    const size = queryParam(call, "pageSize") ?? (given === undefined ? undefined : idLimit);
    const users =
      given === undefined
        ? [...call.org.users.values()].filter((user) => user.state === "active")
        : byIds(call, given);
    const { items, paging } = toPage(users, size, queryParam(call, "pageNumber"));
    return { entities: items.map(showUser), ...paging };
  },
  getUser: (call) => showUser(requireUser(call.org, pathParam(call, "userId"))),
  getUsersMe: (call) => {
    if (!call.caller.isUser) throw refuse("not.a.user", "The token belongs to a client, not to a user.");
    return showUser(requireUser(call.org, call.caller.id));
  },
  postGroupsSearch: (call) => {
    const matches = searchBy(call.body.query, groupFields, call.variants);
    return results(call, [...call.org.groups.values()].filter(matches), showGroup);
  },
  getGroupMembers: (call) => {
    const group = call.org.groups.get(pathParam(call, "groupId"));
    if (group === undefined) throw notFound("group", pathParam(call, "groupId"));
    const members = group.members.flatMap((id) => call.org.users.get(id) ?? []);
    const { items, paging } = toPage(members, queryParam(call, "pageSize"), queryParam(call, "pageNumber"));
    return { entities: items.map(showUser), ...paging };
  },
};
