import type { Json, JsonObject } from "../core/json.js";
import { isArray, isObject } from "../core/json.js";
import type { Api } from "./api.js";
import { ApiError } from "./errors.js";

/** A user, as far as chatform needs to know. */
export interface DirectoryUser {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** `active`, `inactive` or `deleted`. */
  readonly state?: string;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
}

/** E-mails in one search. The service's limit is not published; where it is lower, batches get smaller. */
const emailsInOneSearch = 50;
/** Ids in one GET /users. Source: the vendor's OpenAPI description. */
const idsInOneRead = 100;
const pageSize = 100;

/**
 * Finds users by e-mail, in batches.
 *
 * @param emails in lower case, each once
 * @returns who has each e-mail: nobody, one, or several
 * @throws ApiError when the service can't be asked
 */
export async function resolveUsers(
  api: Api,
  emails: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  const found = new Map<string, DirectoryUser[]>(emails.map((email) => [email, []]));
  const batches = Array.from({ length: Math.ceil(emails.length / emailsInOneSearch) }, (_, at) =>
    emails.slice(at * emailsInOneSearch, (at + 1) * emailsInOneSearch),
  );
  await Promise.all(batches.map((batch) => search(api, batch, found, signal)));
  return found;
}

async function search(
  api: Api,
  emails: readonly string[],
  found: ReadonlyMap<string, DirectoryUser[]>,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Several values of one criterion are alternatives; several criteria would narrow each other.
  const values = emails.length === 1 ? { value: emails[0] ?? "" } : { values: emails };
  const query = [{ type: "EXACT", fields: ["email"], ...values }];
  let users: readonly DirectoryUser[];
  try {
    users = (await searchPages(api, "postUsersSearch", query, signal)).flatMap(userOf);
  } catch (error) {
    if (!(error instanceof ApiError) || error.failure.status !== 400 || emails.length === 1) throw error;
    await halves(api, emails, found, signal);
    return;
  }
  for (const user of users) {
    const list = found.get(user.email?.toLowerCase() ?? "");
    if (list?.some(({ id }) => id === user.id) === false) list.push(user);
  }
  // A service that takes only one value would look like one where nobody else exists.
  const missing = emails.filter((email) => found.get(email)?.length === 0);
  if (missing.length > 0 && emails.length > 1) {
    await Promise.all(missing.map((email) => search(api, [email], found, signal)));
  }
}

async function halves(
  api: Api,
  emails: readonly string[],
  found: ReadonlyMap<string, DirectoryUser[]>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const half = Math.ceil(emails.length / 2);
  await search(api, emails.slice(0, half), found, signal);
  await search(api, emails.slice(half), found, signal);
}

async function searchPages(
  api: Api,
  operation: "postUsersSearch" | "postGroupsSearch",
  query: Json,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  const results: JsonObject[] = [];
  for (let pageNumber = 1, pages = 1; pageNumber <= pages; pageNumber++) {
    const { body } = await api.call({ operation, body: { pageSize, pageNumber, query } }, signal);
    if (!isObject(body)) break;
    results.push(...objectsIn(body["results"]));
    pages = typeof body["pageCount"] === "number" ? body["pageCount"] : 1;
  }
  return results;
}

/** Reads users by id, 100 in a request. Ids that nobody has are left out. @throws ApiError */
export async function readUsers(
  api: Api,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly DirectoryUser[]> {
  const users: DirectoryUser[] = [];
  for (let at = 0; at < ids.length; at += idsInOneRead) {
    const id = ids.slice(at, at + idsInOneRead);
    const { body } = await api.call(
      { operation: "getUsers", query: { id, pageSize: String(idsInOneRead) } },
      signal,
    );
    users.push(...objectsIn(isObject(body) ? body["entities"] : undefined).flatMap(userOf));
  }
  return users;
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
  const groups = results.flatMap((one) =>
    typeof one["id"] === "string" && one["name"] === name ? [{ id: one["id"], name }] : [],
  );
  const [group] = groups;
  if (group === undefined || groups.length > 1) return { groups, members: [] };
  const members: DirectoryUser[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const paging = { pageSize: String(pageSize), pageNumber: String(page) };
    const request = { operation: "getGroupMembers", params: { groupId: group.id }, query: paging } as const;
    const { body } = await api.call(request, signal);
    if (!isObject(body)) break;
    members.push(...objectsIn(body["entities"]).flatMap(userOf));
    pages = typeof body["pageCount"] === "number" ? body["pageCount"] : 1;
  }
  return { groups, members };
}

/**
 * Whose token it is.
 *
 * @returns the user's id; null where the service says that the token has no user
 * @throws ApiError when it does not say
 */
export async function actor(api: Api, signal?: AbortSignal): Promise<string | null> {
  try {
    const { body } = await api.call({ operation: "getUsersMe" }, signal);
    return isObject(body) && typeof body["id"] === "string" ? body["id"] : null;
  } catch (error) {
    // A client-credentials token: 400 not.a.user. How else it may be told is not known.
    if (error instanceof ApiError && [400, 403, 404].includes(error.failure.status ?? 0)) return null;
    throw error;
  }
}

function objectsIn(list: Json | undefined): readonly JsonObject[] {
  return isArray(list) ? list.filter(isObject) : [];
}

function userOf(user: JsonObject): readonly DirectoryUser[] {
  const { id, name, email, state } = user;
  if (typeof id !== "string") return [];
  return [
    {
      id,
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof email === "string" ? { email } : {}),
      ...(typeof state === "string" ? { state } : {}),
    },
  ];
}
