import type { JsonObject } from "../../core/json/json.js";
import { namesField, onlyValues, searchBy } from "../input/criteria.js";
import type { OperationCall, Handlers } from "../handler.js";
import { pathParam, queryParam } from "../handler.js";
import { isUuid } from "../org/ids.js";
import { requireUser } from "../org/lookup.js";
import type { Source } from "../org/org.js";
import type { User } from "../org/users.js";
import { toPage } from "../input/paging.js";
import { showUser, usersById } from "./people.js";
import { showSource } from "./sources.js";
import { getPermissions } from "./token.js";
import { notFound, refuse } from "../input/refusal.js";

const userFields = {
  id: (user: User) => user.id,
  email: (user: User) => user.email,
  name: (user: User) => user.name,
  username: (user: User) => user.username ?? user.email,
  state: (user: User) => user.state,
};
const groupFields = { id: (group: Source) => group.id, name: (group: Source) => group.name };

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

const states = ["active", "inactive", "deleted", "any"] as const;

/** Returns the `state` in the query. @throws Refusal 400 for one that the operation does not take */
function stateParam<T extends (typeof states)[number]>(
  call: OperationCall<unknown>,
  taken: readonly T[],
): T | undefined {
  const given = queryParam(call, "state");
  const state = taken.find((one) => one === given);
  if (given !== undefined && state === undefined)
    throw refuse("invalid.value", `Not a state: ${JSON.stringify(given)}`);
  return state;
}

function byIds(call: OperationCall<unknown>, given: readonly string[]): readonly string[] {
  // One value with commas is what the vendor's SDK sends.
  const ids = [...new Set(given.flatMap((value) => value.split(",")))];
  const { maxIds } = call.variants;
  if (ids.length > maxIds) throw refuse("max.user.ids", `At most ${maxIds} ids, not ${ids.length}.`);
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) throw refuse("invalid.value", `Not a user id: ${JSON.stringify(wrong)}`);
  return ids;
}

/** Returns the users of a state, of those with the ids in the query or of all. @throws Refusal 404 for an id without a user */
function usersOfState(call: OperationCall<unknown>): readonly User[] {
  const { stateAny, unknownIds } = call.variants;
  const asked = stateParam(call, states) ?? "active";
  const state = asked === "any" && stateAny === "active" ? "active" : asked;
  const hasState = (user: User): boolean => state === "any" || user.state === state;
  const given = call.query.get("id");
  if (given === undefined) return [...call.org.users.values()].filter(hasState);
  const ids = byIds(call, given);
  const users = usersById(call, ids).filter(hasState);
  if (unknownIds === "404" && users.length < ids.length)
    throw refuse("general.resource.not.found", "Unable to find a user with one of these ids.");
  return users;
}

/** Returns the user in the path. @throws Refusal 404 for an unknown one, and for one of another state than the query's */
function userOfState(call: OperationCall<unknown>): User {
  const id = pathParam(call, "userId");
  const user = call.org.users.get(id);
  const isAsked = stateParam(call, ["active", "deleted"]) === "deleted";
  const isHidden = user?.state === "inactive" && call.variants.readInactive === 404;
  if (user === undefined || isHidden || (user.state === "deleted") !== isAsked) throw notFound("user", id);
  return user;
}

/** Returns the users that a search looks through. */
function searched(call: OperationCall<Search>): readonly User[] {
  const { query } = call.body;
  const emails = onlyValues(query, "email");
  const candidates =
    emails === undefined
      ? [...call.org.users.values()]
      : emails.flatMap((email) => call.org.users.withEmail(email));
  if (namesField(query, "state")) return candidates;
  const { searchStates } = call.variants;
  return candidates.filter(
    ({ state }) =>
      searchStates === "any" ||
      state === "active" ||
      (state === "inactive" && searchStates === "not-deleted"),
  );
}

export const userHandlers: Handlers<
  "postUsersSearch" | "getUsers" | "getUser" | "getUsersMe" | "postGroupsSearch"
> = {
  postUsersSearch: (call) => {
    const matches = searchBy(call.body.query, userFields, call.variants);
    const found = searched(call).filter(matches);
    if (found.length === 0 && call.variants.emptyResults === "404")
      throw refuse("resource.not.found", "Users not found");
    return results(call, found, (user) => showUser(call, user));
  },
  getUsers: (call) => {
    const size = queryParam(call, "pageSize") ?? (call.query.has("id") ? 100 : undefined);
    const { items, paging } = toPage(usersOfState(call), size, queryParam(call, "pageNumber"));
    return { entities: items.map((user) => showUser(call, user)), ...paging };
  },
  getUser: (call) => showUser(call, userOfState(call)),
  getUsersMe: (call) => {
    if (!call.caller.isUser) throw refuse("not.a.user", "The token belongs to a client, not to a user.");
    const user = showUser(call, requireUser(call, call.caller.id));
    const isExpanded = (queryParam(call, "expand") ?? "").split(",").includes("authorization");
    return isExpanded ? { ...user, authorization: { roles: [], permissions: getPermissions(call) } } : user;
  },
  postGroupsSearch: (call) => {
    const matches = searchBy(call.body.query, groupFields, call.variants);
    const show = (group: Source): JsonObject => ({ ...showSource("groups", group), state: "active" });
    return results(call, [...call.org.groups.values()].filter(matches), show);
  },
};
