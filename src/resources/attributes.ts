import type { Effect } from "../core/calls/call.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import type { ResourceChange } from "../core/kind/resource-change.js";
import { leaves, tokens, valueAt } from "../core/json/pointer.js";
import { canonicalUserId } from "../core/calls/reference.js";
import { without } from "../core/state/state.js";

/** Returns the top-level attributes that a change touches, with their values after it. */
export function changedAttributes(change: ResourceChange): JsonObject {
  const names = new Set(change.attributes.map(({ path }) => tokens(path)[0] ?? ""));
  return Object.fromEntries([...names].map((name) => [name, change.after[name]]));
}

/**
 * Returns the attributes that a change of settings sends: the changed ones; all declared ones if any of them drifted. Undocumented:
 * whether changing some settings resets the others. If it does, sending only the drifted ones would reset those of the plan before,
 * without end.
 *
 * @param unlessChanged attributes that are only sent if they change themselves: setting them again could destroy data
 */
export function sentAttributes(change: ResourceChange, unlessChanged: readonly string[] = []): JsonObject {
  const changed = changedAttributes(change);
  if (change.attributes.every(({ cause }) => cause === "config")) return changed;
  const declared = Object.keys(change.resource.attributes).filter((name) => !unlessChanged.includes(name));
  return { ...pick(change.after, declared), ...changed };
}

/** Returns one effect for each leaf of these attributes. */
export function setEffects(attributes: JsonObject): readonly Effect[] {
  return leaves(attributes).map(([path, set]) => ({ path, set }));
}

/** Returns the elements of a list attribute; none if it is not set. */
export function elements(attributes: JsonObject, path: string): readonly Json[] {
  const value = valueAt(attributes, path);
  return isArray(value) ? value : [];
}

/** Returns the elements of a list attribute that are texts. */
export function textElements(attributes: JsonObject, path: string): readonly string[] {
  return elements(attributes, path).filter((element) => typeof element === "string");
}

/** Returns the elements that a change adds to and removes from a set. */
export function setDifference(
  change: ResourceChange,
  path: string,
): { added: readonly Json[]; removed: readonly Json[] } {
  const before = elements(change.before, path);
  const after = elements(change.after, path);
  return { added: without(after, before), removed: without(before, after) };
}

/** Returns the ids in a list of references to entities: `[{ id, selfUri }]`. */
export function referenceIds(list: Json | undefined): readonly string[] {
  if (!isArray(list)) return [];
  return list.flatMap((item) => (isObject(item) && typeof item["id"] === "string" ? [item["id"]] : []));
}

/** Returns the ids in a list of references to users, each once, sorted. */
export function userReferenceIds(list: Json | undefined): readonly string[] {
  return [...new Set(referenceIds(list).map(canonicalUserId))].sort(byCodeUnit);
}

/** Returns the creation time of an entity, in milliseconds since 1970; NaN if it shows none. */
export function creationTime({ dateCreated }: JsonObject): number {
  return typeof dateCreated === "string" ? Date.parse(dateCreated) : Number.NaN;
}

/** The type and the members of a JSON Schema. */
export interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/**
 * Returns the members of a value that its schema lists. Undocumented members that the service shows are neither compared nor sent
 * back, which the service might refuse.
 */
export function documented(value: JsonObject, { properties = {} }: Schema): JsonObject {
  const found: Record<string, Json> = {};
  // Hot path: no list of members is made.
  for (const name in properties) {
    const member = value[name];
    if (member === undefined) continue;
    const schema = properties[name];
    const isNested = isObject(member) && schema?.properties !== undefined;
    found[name] = isNested ? documented(member, schema) : member;
  }
  return found;
}

/** Returns the members of these names that are set. */
export function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])),
  );
}
