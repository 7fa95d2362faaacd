import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Api, ApiRequest } from "../api.js";
import type { DirectoryUser } from "./directory-pages.js";
import { allPages, readList, pageSize, searchPages, toUsers } from "./directory-pages.js";
import { ApiError } from "../errors.js";
import { UserSearch } from "./user-search.js";

/** A group of the directory. */
export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
}

/** The most ids in one GET /users. Source: the vendor's OpenAPI description. */
const idsInOneRead = 100;

/**
 * Finds users by e-mail, in batches.
 *
 * @returns the users of each e-mail, which is in lower case: none, one, or several
 * @throws ApiError
 */
export async function resolveUsers(
  api: Api,
  emails: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  return new UserSearch(api, emails, signal).run();
}

/** Reads users by id, 100 in a request, without ids that no user has. @throws ApiError */
export async function readUsers(
  api: Api,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly DirectoryUser[]> {
  const users: DirectoryUser[] = [];
  const unique = [...new Set(ids)];
  for (let at = 0; at < unique.length; at += idsInOneRead) {
    const id = unique.slice(at, at + idsInOneRead);
    const request = { operation: "getUsers", query: { id, pageSize: String(idsInOneRead) } } as const;
    const { body } = await api.call(request, signal);
    users.push(...toUsers(readList(body, "entities")));
  }
  return users;
}

/**
 * Returns whether a user of this id exists. A user that the credentials may not see counts as existing.
 *
 * @throws ApiError
 */
export async function hasUser(api: Api, userId: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await api.call({ operation: "getUser", params: { userId } }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.failure.status === 404) return false;
    if (error.failure.status === 403) return true;
    throw error;
  }
}

/**
 * Finds a group by its exact name, with its members.
 *
 * @returns the groups of that name, and the members if there is exactly one group
 * @throws ApiError
 */
export async function groupMembers(
  api: Api,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly groups: readonly DirectoryGroup[]; readonly members: readonly DirectoryUser[] }> {
  const query = [{ type: "EXACT", fields: ["name"], value: name }];
  const results = await searchPages(api, "postGroupsSearch", query, signal);
  const ids = results.flatMap((one) =>
    typeof one["id"] === "string" && one["name"] === name ? one["id"] : [],
  );
  const groups = [...new Set(ids)].map((id) => ({ id, name }));
  const [group] = groups;
  if (group === undefined || groups.length > 1) return { groups, members: [] };
  const page = (pageNumber: number): ApiRequest => ({
    operation: "getGroupMembers",
    params: { groupId: group.id },
    query: { pageSize: String(pageSize), pageNumber: String(pageNumber) },
  });
  return { groups, members: toUsers(await allPages(api, page, "entities", signal)) };
}

/**
 * Reads the token's user.
 *
 * @returns the user's id; null where the service responds that the token has no user
 * @throws ApiError when the service does not tell
 */
export async function readTokenUser(api: Api, signal?: AbortSignal): Promise<string | null> {
  const { id } = await readMe(api, signal);
  return typeof id === "string" ? canonicalUserId(id) : null;
}

async function readMe(api: Api, signal: AbortSignal | undefined): Promise<JsonObject> {
  try {
    const { body } = await api.call({ operation: "getUsersMe" }, signal);
    return isObject(body) ? body : {};
  } catch (error) {
    // 400 not.a.user for the token of an OAuth client. Undocumented: whether other codes mean the same.
    if (error instanceof ApiError && [400, 403, 404].includes(error.failure.status ?? 0)) return {};
    throw error;
  }
}
