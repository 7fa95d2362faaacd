import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";

/**
 * A reference to a value that is resolved later: `field` of another resource (`{ $ref: "rooms/incident-bridge", field: "jid" }`),
 * or of a user or group in the directory (`user:jane@example.com`, `group:Support`).
 */
export interface Ref extends JsonObject {
  readonly $ref: string;
  readonly field: string;
}

/** An id, or a reference to it. */
export type Id = string | Ref;

const userRef = (email: string): Ref => ({ $ref: `user:${email.toLowerCase()}`, field: "id" });
export const groupRef = (name: string): Ref => ({ $ref: `group:${name}`, field: "members" });
export const resourceRef = (address: string, field: string): Ref => ({ $ref: address, field });

export function isRef(value: unknown): value is Ref & JsonObject {
  return isObject(value) && typeof value["$ref"] === "string" && typeof value["field"] === "string";
}

/** Returns the id of a user; for an e-mail, a reference. */
export function userId(user: string): Id {
  return user.includes("@") ? userRef(user) : canonicalUserId(user);
}

/** Returns a user id for comparisons: in lower case, as user ids are UUIDs. */
export function canonicalUserId(id: string): string {
  return id.toLowerCase();
}

/** Returns true if a value holds a reference. */
export function hasRefs(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (isArray(value)) return value.some(hasRefs);
  if (isRef(value)) return true;
  // Hot path: most values hold no reference, so no list of members is made.
  for (const member in value) if (hasRefs(value[member])) return true;
  return false;
}

/** Returns every reference within a value. */
export function refsIn(value: Json | undefined): readonly Ref[] {
  const found: Ref[] = [];
  addRefs(value, found);
  return found;
}

function addRefs(value: Json | undefined, found: Ref[]): void {
  if (typeof value !== "object" || value === null) return;
  if (isArray(value)) for (const item of value) addRefs(item, found);
  else if (isRef(value)) found.push(value);
  else for (const member in value) addRefs(value[member], found);
}

/** Returns the value of a reference, or undefined while it is unknown. A list replaces the reference within its array. */
export type Resolve = (ref: Ref) => Json | undefined;

/**
 * Replaces every reference within JSON that `resolve` knows and keeps the others. Returns the same value if nothing was replaced. The
 * type stays: it allows a reference only where it allows the value.
 */
export function substitute<T>(value: T, resolve: Resolve): T {
  return substituted(value as Json, resolve) as T;
}

function substituted(value: Json, resolve: Resolve): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return substitutedList(value, resolve);
  if (isRef(value)) return resolve(value) ?? value;
  let copy: Record<string, Json | undefined> | undefined;
  for (const member in value) {
    const inner = value[member];
    if (inner === undefined) continue;
    const now = substituted(inner, resolve);
    if (now !== inner) (copy ??= { ...value })[member] = now;
  }
  return copy ?? value;
}

function substitutedList(list: readonly Json[], resolve: Resolve): readonly Json[] {
  let copy: Json[] | undefined;
  for (const [at, item] of list.entries()) {
    const now = substituted(item, resolve);
    if (now === item) {
      copy?.push(item);
      continue;
    }
    copy ??= list.slice(0, at);
    if (isArray(now) && isRef(item)) for (const one of now) copy.push(one);
    else copy.push(now);
  }
  return copy ?? list;
}
