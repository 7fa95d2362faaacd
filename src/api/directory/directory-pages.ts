import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";
import { operation, buildPath } from "../operations/operations.js";

/** A user, as far as chatform needs to know. */
export interface DirectoryUser {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** `active`, `inactive` or `deleted`. */
  readonly state?: string;
}

/** What is asked for in one page. */
export const pageSize = 100;

/** All pages of a search. @throws ApiError */
export async function searchPages(
  api: Api,
  operation: "postUsersSearch" | "postGroupsSearch",
  query: Json,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  const page = (pageNumber: number): ApiRequest => ({ operation, body: { pageSize, pageNumber, query } });
  return allPages(api, page, "results", signal);
}

/** The user in an answer; undefined where it is none. */
export function toUser({ id, name, email, state }: JsonObject): DirectoryUser | undefined {
  if (typeof id !== "string") return undefined;
  return {
    id: canonicalUserId(id),
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof email === "string" ? { email } : {}),
    ...(typeof state === "string" ? { state } : {}),
  };
}

/** The users in a list; what is none is left out. */
export function toUsers(objects: readonly JsonObject[]): readonly DirectoryUser[] {
  return objects.flatMap((one) => toUser(one) ?? []);
}

/** How often a list is read that does not come out whole. */
const mostReadings = 3;

/**
 * Reads pages until the last one; all of them again where the list changed meanwhile, as somebody may have slid from a page
 * that was yet to be read to one that was.
 *
 * @throws ApiError also when there are fewer than the service says that there are: who is missing in a list might be taken for
 *   gone
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
    if (reading === mostReadings) throw cameShort(request(1), distinct, Math.max(...totals));
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

/** The objects in a list that an answer has as this member. */
export function readList(body: Json | undefined, member: string): readonly JsonObject[] {
  const list = isObject(body) ? body[member] : undefined;
  return isArray(list) ? list.filter(isObject) : [];
}

function cameShort({ operation: name, params = {} }: ApiRequest, count: number, total: number): ApiError {
  const { method } = operation(name);
  return new ApiError({
    operation: name,
    method,
    path: buildPath(name, params),
    outcome: "refused",
    code: "bad.answer",
    reason: `the list came short: ${count} of ${total}`,
  });
}
