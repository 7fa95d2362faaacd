import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Api, ApiRequest } from "../api.js";
import type { DirectoryUser } from "./directory-pages.js";
import { allPages, readList, pageSize, searchPages, toUsers } from "./directory-pages.js";
import { ApiError } from "../errors.js";
import { UserSearch } from "./user-search.js";

export type { DirectoryUser } from "./directory-pages.js";

export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
}

/** Ids in one GET /users. Source: the vendor's OpenAPI description. */
const idsInOneRead = 100;

/**
 * Finds users by e-mail, in batches.
 *
 * @returns who has each e-mail (in lower case): nobody, one, or several
 * @throws ApiError when the service can't be asked
 */
export async function resolveUsers(
  api: Api,
  emails: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  return new UserSearch(api, emails, signal).run();
}

/** Reads users by id, 100 in a request. Ids that nobody has are left out. @throws ApiError */
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
 * Whether there is a user of this id, as far as the credentials may know: one that they must not see may be there.
 *
 * @throws ApiError when the service can't be asked
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
 * Finds a group by its exact name, and who is in it.
 *
 * @returns the groups of that name, and the members if there is exactly one
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
 * Whose token it is.
 *
 * @returns the user's id; null where the service says that the token has no user
 * @throws ApiError when it does not say
 */
export async function readTokenUser(api: Api, signal?: AbortSignal): Promise<string | null> {
  const { id } = await readActor(api, signal);
  return typeof id === "string" ? canonicalUserId(id) : null;
}

async function readActor(api: Api, signal: AbortSignal | undefined): Promise<JsonObject> {
  try {
    const { body } = await api.call({ operation: "getUsersMe" }, signal);
    return isObject(body) ? body : {};
  } catch (error) {
    // A client-credentials token: 400 not.a.user. How else it may be told is not known.
    if (error instanceof ApiError && [400, 403, 404].includes(error.failure.status ?? 0)) return {};
    throw error;
  }
}
