import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { ApiError } from "../errors.js";

/** A user of the directory: the members that chatform needs. */
export interface DirectoryUser {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** The login name. */
  readonly username?: string;
  /** `active`, `inactive` or `deleted`. */
  readonly state?: string;
}

/** Reads a user; undefined for an object without an id. */
function toUser({ id, name, email, username, state }: JsonObject): DirectoryUser | undefined {
  if (typeof id !== "string" || id === "") return undefined;
  return {
    id: canonicalUserId(id),
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof email === "string" && email !== "" ? { email } : {}),
    ...(typeof username === "string" && username !== "" ? { username } : {}),
    ...(typeof state === "string" ? { state: state.toLowerCase() } : {}),
  };
}

/** Reads the users of a list, without objects that have no id. A member of a queue has its user as a member. */
export function toUsers(objects: readonly JsonObject[]): readonly DirectoryUser[] {
  return objects.flatMap(
    (one) => (isObject(one["user"]) ? toUser(one["user"]) : undefined) ?? toUser(one) ?? [],
  );
}

/**
 * Returns true if the service reports that nothing like this exists. Source: the vendor's OpenAPI description has the codes
 * `not.found`, `resource.not.found` and `general.resource.not.found`. A 404 of a proxy or a wrong path proves nothing.
 */
export function isNotFound(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.failure.status === 404 &&
    /(?:^|\.)not\.found$/.test(error.failure.code)
  );
}
