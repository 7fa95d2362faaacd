import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";

/**
 * A reference to a value that is resolved later: `field` of another resource (`{ $ref: "rooms/incident-bridge", field: "jid" }`), of a
 * user in the directory (`user:jane@example.com`, field "id"), or the members of a source (`group:Support`, field "members").
 */
export interface Ref extends JsonObject {
  readonly $ref: string;
  readonly field: string;
  /** The people and sources whose users a source does not contribute. Missing: none. */
  readonly except?: readonly Id[];
  /** An e-mail as the config spells it, where it has upper-case letters. A reference with and one without it are the same. */
  readonly written?: string;
}

/** An id, or a reference to it. */
export type Id = string | Ref;

/** The types of sources. The config has the same words as keys: `{ team: Night }`. */
export const sourceTypes = ["group", "team", "queue", "reportsOf", "skillGroup"] as const;
export type SourceType = (typeof sourceTypes)[number];

/** A source as the config names it. The name of `reportsOf` is an e-mail or a user id. */
export interface Source {
  readonly type: SourceType;
  readonly name: string;
}

/** Returns a reference to the members of a source, without those of `except`. */
export function sourceRef(type: SourceType, name: string, except: readonly Id[] = []): Ref {
  const isUser = type === "reportsOf";
  return {
    $ref: `${type}:${isUser ? name.toLowerCase() : name}`,
    field: "members",
    ...(except.length === 0 ? {} : { except }),
    ...(isUser ? spelling(name) : {}),
  };
}

/** Returns the source of a reference such as `group:Support`; undefined for references to users and resources. */
export function toSource($ref: string): Source | undefined {
  const colon = $ref.indexOf(":");
  const type = sourceTypes.find((known) => known === $ref.slice(0, Math.max(colon, 0)));
  return type === undefined ? undefined : { type, name: $ref.slice(colon + 1) };
}

function userRef(email: string): Ref {
  return { $ref: `user:${email.toLowerCase()}`, field: "id", ...spelling(email) };
}

function spelling(email: string): { readonly written?: string } {
  return email === email.toLowerCase() || !email.includes("@") ? {} : { written: email };
}

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
  // Hot path: most values hold no reference. Asking each for a member that it lacks would take longer than seeing all of its members.
  for (const member in value) if ((member === "$ref" && isRef(value)) || hasRefs(value[member])) return true;
  return false;
}

/** Returns every reference within a value, and within the `except` of sources. */
export function refsIn(value: Json | undefined): readonly Ref[] {
  const found: Ref[] = [];
  addRefs(value, found);
  return found;
}

function addRefs(value: Json | undefined, found: Ref[]): void {
  if (typeof value !== "object" || value === null) return;
  if (isArray(value)) for (const item of value) addRefs(item, found);
  else if (isRef(value)) {
    found.push(value);
    addRefs(value.except, found);
  } else for (const member in value) addRefs(value[member], found);
}

/** Returns the value of a reference, or undefined while it is unknown. A list replaces the reference within its array. */
export type Resolve = (ref: Ref) => Json | undefined;

/**
 * Replaces every reference within JSON that `resolve` knows and keeps the others. From the list of a source, the users of its `except`
 * are left out; while one of these is unknown, the source is kept as a reference. Returns the same value if nothing was replaced. The
 * type stays: it allows a reference only where it allows the value.
 */
export function substitute<T>(value: T, resolve: Resolve): T {
  return substituted(value as Json, resolve) as T;
}

function substituted(value: Json, resolve: Resolve): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return substitutedList(value, resolve);
  let copy: Record<string, Json | undefined> | undefined;
  for (const member in value) {
    const inner = value[member];
    if (inner === undefined) continue;
    if (member === "$ref" && isRef(value)) return referenced(value, resolve) ?? value;
    const now = substituted(inner, resolve);
    if (now !== inner) (copy ??= { ...value })[member] = now;
  }
  return copy ?? value;
}

function referenced(ref: Ref, resolve: Resolve): Json | undefined {
  const value = resolve(ref);
  if (ref.except === undefined || !isArray(value)) return value;
  const excepted = substitutedList(ref.except, resolve);
  if (excepted.some(isRef)) return undefined;
  const omitted = new Set(excepted);
  return value.filter((id) => !omitted.has(id));
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
