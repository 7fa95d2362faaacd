import type { SourceType } from "../../core/calls/reference.js";
import { forEachBounded } from "../../core/for-each-bounded.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";
import type { OperationName } from "../operations/operations.js";
import type { DirectoryUser } from "./directory-user.js";
import { isNotFound, toUsers } from "./directory-user.js";
import { ExactSearch, groupNames } from "./exact-search.js";
import { objectsIn, pagedBy, pageSize, readListing } from "./listing.js";

/** The sources that have a name: all but the reports of a user. */
export type NamedSource = Exclude<SourceType, "reportsOf">;

/** The operations that find a source by its name, and list its members. */
interface SourceOperations {
  readonly find: OperationName;
  readonly members: OperationName;
  /** The path parameter with the source's id. */
  readonly param: string;
}

const sourceOperations: Readonly<Record<NamedSource, SourceOperations>> = {
  group: { find: "postGroupsSearch", members: "getGroupMembers", param: "groupId" },
  team: { find: "getTeams", members: "getTeamMembers", param: "teamId" },
  queue: { find: "getRoutingQueues", members: "getRoutingQueueMembers", param: "queueId" },
  skillGroup: {
    find: "getRoutingSkillgroups",
    members: "getRoutingSkillgroupMembers",
    param: "skillGroupId",
  },
};

/** Returns the operations that find a source and list its members. */
export function getSourceOperations(type: SourceType): readonly OperationName[] {
  if (type === "reportsOf") return ["getUserDirectreports"];
  const { find, members } = sourceOperations[type];
  return [find, members];
}

/** The number of names from which on the whole list is tried first: it may have them all on one page. */
const manyNames = 3;

/** Requests at once; the client bounds the requests in flight in any case. */
const readsAtOnce = 10;

/**
 * Finds sources of one type by name, in the exact spelling.
 *
 * @returns the ids of the sources by name: none, one, or several
 * @throws ApiError
 */
export async function findSources(
  api: Api,
  type: NamedSource,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const unique = [...new Set(names)];
  if (type === "group") {
    const groups = await new ExactSearch(api, groupNames, unique, signal).run();
    return new Map([...groups].map(([name, found]) => [name, getIds(found, name)]));
  }
  const all = unique.length < manyNames ? undefined : await readOnlyPage(api, type, signal);
  if (all !== undefined) return new Map(unique.map((name) => [name, getIds(all, name)]));
  const found = new Map<string, readonly string[]>();
  await forEachBounded(unique, readsAtOnce, signal, async (name) => {
    const request = pagedBy({ operation: sourceOperations[type].find, query: { name } });
    const listed = await readListing(api, { request, member: "entities" }, signal).catch(emptyIfNotFound);
    found.set(name, getIds(listed, name));
  });
  return found;
}

function getIds(objects: readonly JsonObject[], wanted: string): readonly string[] {
  const ids = objects.flatMap(({ id, name }) => (typeof id === "string" && name === wanted ? id : []));
  return [...new Set(ids)];
}

/** Reads the sources of a type; undefined if they do not fit on one page. */
async function readOnlyPage(
  api: Api,
  type: NamedSource,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[] | undefined> {
  const request: ApiRequest = {
    operation: sourceOperations[type].find,
    query: { pageSize: String(pageSize) },
  };
  try {
    const { body } = await api.call(request, signal);
    const objects = objectsIn(body, "entities");
    const { nextUri = "", pageCount = 1, total = objects.length } = isObject(body) ? body : {};
    const isAll = nextUri === "" || nextUri === null ? pageCount === 1 || pageCount === 0 : false;
    return isAll && total === objects.length && objects.length < pageSize ? objects : undefined;
  } catch (error) {
    // Refused without a name: each name is asked for.
    if (error instanceof ApiError && [400, 404].includes(error.failure.status ?? 0)) return undefined;
    throw error;
  }
}

function emptyIfNotFound(error: unknown): readonly JsonObject[] {
  if (isNotFound(error)) return [];
  throw error;
}

/** Lists the members of a source. @throws ApiError */
export async function readMembers(
  api: Api,
  type: NamedSource,
  id: string,
  signal?: AbortSignal,
): Promise<readonly DirectoryUser[]> {
  const { members, param } = sourceOperations[type];
  const request = pagedBy({ operation: members, params: { [param]: id } });
  return toUsers(await readListing(api, { request, member: "entities" }, signal));
}

/** Lists the users who report to a user; nobody for a user whom the service no longer shows. @throws ApiError */
export async function readDirectReports(
  api: Api,
  userId: string,
  signal?: AbortSignal,
): Promise<readonly DirectoryUser[]> {
  const request: ApiRequest = { operation: "getUserDirectreports", params: { userId } };
  // Published as an array without pages.
  const listing = { request: () => request, member: "entities" } as const;
  return toUsers(await readListing(api, listing, signal).catch(emptyIfNotFound));
}

/**
 * Finds a source with a similar name, for "Did you mean": one that begins alike. Sends a second request only if the first shows none.
 *
 * @returns undefined if there is none, and where the service refuses the search
 * @throws the signal's reason when it aborts
 */
export async function findSimilarName(
  api: Api,
  type: NamedSource,
  name: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const member = type === "group" ? "results" : "entities";
  try {
    for (const request of similarRequests(type, Array.from(name).slice(0, 2).join(""))) {
      const { body } = await api.call({ ...request, optional: true }, signal);
      const names = objectsIn(body, member).flatMap(({ name: found }) =>
        typeof found === "string" ? found : [],
      );
      const similar = nearest(name, names);
      if (similar !== undefined) return similar;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  return undefined;
}

/** Returns requests for the sources whose names begin alike. Undocumented: whether a search tells upper from lower case. */
function similarRequests(type: NamedSource, start: string): readonly ApiRequest[] {
  const operation = sourceOperations[type].find;
  if (type !== "group") {
    const query = { pageSize: String(pageSize) };
    return [
      { operation, query: { ...query, name: type === "queue" ? `${start}*` : start } },
      { operation, query },
    ];
  }
  const capitalized = start.slice(0, 1).toUpperCase() + start.slice(1).toLowerCase();
  const other = start === capitalized ? start.toLowerCase() : capitalized;
  // Source: the vendor's SDKs have STARTS_WITH beside EXACT.
  return [start, other].map((value) => ({
    operation,
    body: { pageSize, pageNumber: 1, query: [{ type: "STARTS_WITH", fields: ["name"], value }] },
  }));
}
