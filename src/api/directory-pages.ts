import type { Json, JsonObject } from "../core/json.js";
import { isArray, isObject } from "../core/json.js";
import type { Api, ApiRequest } from "./api.js";

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
export function userOf({ id, name, email, state }: JsonObject): DirectoryUser | undefined {
  if (typeof id !== "string") return undefined;
  return {
    id,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof email === "string" ? { email } : {}),
    ...(typeof state === "string" ? { state } : {}),
  };
}

/** The users in a list; what is none is left out. */
export function usersIn(objects: readonly JsonObject[]): readonly DirectoryUser[] {
  return objects.flatMap((one) => userOf(one) ?? []);
}

/** Reads pages until the last one, or an empty one. */
export async function allPages(
  api: Api,
  request: (pageNumber: number) => ApiRequest,
  member: "results" | "entities",
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const { body } = await api.call(request(pageNumber), signal);
    const page = objectsIn(body, member);
    all.push(...page);
    const pages = isObject(body) ? body["pageCount"] : undefined;
    if (page.length === 0 || typeof pages !== "number" || pageNumber >= pages) return all;
  }
}

/** The objects in a list that an answer has as this member. */
export function objectsIn(body: Json | undefined, member: string): readonly JsonObject[] {
  const list = isObject(body) ? body[member] : undefined;
  return isArray(list) ? list.filter(isObject) : [];
}
