import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";
import { operation, buildPath } from "../operations/operations.js";

/** A user of the directory: the members that chatform needs. */
export interface DirectoryUser {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** `active`, `inactive` or `deleted`. */
  readonly state?: string;
}

/** The size of a page. */
export const pageSize = 100;

/** Reads all pages of a search. @throws ApiError */
export async function searchPages(
  api: Api,
  operation: "postUsersSearch" | "postGroupsSearch",
  query: Json,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  const page = (pageNumber: number): ApiRequest => ({ operation, body: { pageSize, pageNumber, query } });
  return allPages(api, page, "results", signal);
}

/** Reads a user; undefined for an object without an id. */
export function toUser({ id, name, email, state }: JsonObject): DirectoryUser | undefined {
  if (typeof id !== "string") return undefined;
  return {
    id: canonicalUserId(id),
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof email === "string" ? { email } : {}),
    ...(typeof state === "string" ? { state } : {}),
  };
}

/** Reads the users of a list, without objects that have no id. */
export function toUsers(objects: readonly JsonObject[]): readonly DirectoryUser[] {
  return objects.flatMap((one) => toUser(one) ?? []);
}

/** The most times that a list is read which does not come out whole. */
const mostReadings = 3;

/**
 * Reads all pages of a list; all of them again where the list changed meanwhile, as an item may have slid from a page that was yet
 * to be read to one that was.
 *
 * @throws ApiError also for a list of fewer items than its total: a missing item might be taken for a deleted one
 */
export async function allPages(
  api: Api,
  request: (pageNumber: number) => ApiRequest,
  member: "results" | "entities",
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  for (let reading = 1; ; reading++) {
    const { objects, totals } = await readPages(api, request, member, signal);
    const [total = 0] = totals;
    const distinct = new Set(objects.map((one) => one["id"] ?? one)).size;
    if (distinct >= total && totals.every((other) => other === total)) return objects;
    if (reading === mostReadings) throw incompleteList(request(1), distinct, Math.max(...totals));
  }
}

async function readPages(
  api: Api,
  request: (pageNumber: number) => ApiRequest,
  member: "results" | "entities",
  signal: AbortSignal | undefined,
): Promise<{ readonly objects: readonly JsonObject[]; readonly totals: readonly number[] }> {
  const objects: JsonObject[] = [];
  const totals: number[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const { body } = await api.call(request(pageNumber), signal);
    const page = readList(body, member);
    objects.push(...page);
    const { pageCount, total } = isObject(body) ? body : {};
    if (typeof total === "number") totals.push(total);
    if (page.length === 0 || typeof pageCount !== "number" || pageNumber >= pageCount)
      return { objects, totals };
  }
}

/** Returns the objects of a list that a response body has as a member. */
export function readList(body: Json | undefined, member: string): readonly JsonObject[] {
  const list = isObject(body) ? body[member] : undefined;
  return isArray(list) ? list.filter(isObject) : [];
}

function incompleteList(
  { operation: name, params = {} }: ApiRequest,
  count: number,
  total: number,
): ApiError {
  const { method } = operation(name);
  return new ApiError({
    operation: name,
    method,
    path: buildPath(name, params),
    outcome: "refused",
    code: "bad.answer",
    reason: `the list is incomplete: ${count} of ${total}`,
  });
}
