import type { Effect } from "../core/calls/call.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import type { ResourceChange } from "../core/kind/resource-change.js";
import { leaves, tokens, valueAt } from "../core/json/pointer.js";
import { canonicalUserId } from "../core/calls/reference.js";
import { without } from "../core/state/state.js";

/** The top-level attributes that a change touches, with their values after it. */
export function changedAttributes(change: ResourceChange): JsonObject {
  const names = new Set(change.attributes.map(({ path }) => tokens(path)[0] ?? ""));
  return Object.fromEntries([...names].map((name) => [name, change.after[name]]));
}

/**
 * The attributes that a change of settings sends: those that change; where one of them drifted, all that are declared. Undocumented:
 * whether changing some settings resets the others. Where it does, sending the drifted ones alone would reset those of the plan before,
 * and so on without end.
 *
 * @param unlessChanged attributes that are sent only where they change themselves: setting them again could destroy data
 */
export function sentAttributes(change: ResourceChange, unlessChanged: readonly string[] = []): JsonObject {
  const changed = changedAttributes(change);
  if (change.attributes.every(({ cause }) => cause === "config")) return changed;
  const declared = Object.keys(change.resource.attributes).filter((name) => !unlessChanged.includes(name));
  return { ...pick(change.after, declared), ...changed };
}

/** One effect for each leaf of these attributes. */
export function setEffects(attributes: JsonObject): readonly Effect[] {
  return leaves(attributes).map(([path, set]) => ({ path, set }));
}

/** The elements of a list attribute; none where it isn't set. */
export function elements(attributes: JsonObject, path: string): readonly Json[] {
  const value = valueAt(attributes, path);
  return isArray(value) ? value : [];
}

/** What a change adds to and removes from a set. */
export function setDifference(
  change: ResourceChange,
  path: string,
): { added: readonly Json[]; removed: readonly Json[] } {
  const before = elements(change.before, path);
  const after = elements(change.after, path);
  return { added: without(after, before), removed: without(before, after) };
}

/** The ids in a list of entity references: `[{ id, selfUri }]`. */
export function referenceIds(list: Json | undefined): readonly string[] {
  if (!isArray(list)) return [];
  return list.flatMap((item) => (isObject(item) && typeof item["id"] === "string" ? [item["id"]] : []));
}

/** The ids in a list of references to users, each once, sorted. */
export function userReferenceIds(list: Json | undefined): readonly string[] {
  return [...new Set(referenceIds(list).map(canonicalUserId))].sort(byCodeUnit);
}

/** A JSON Schema, as far as its members go. */
interface Shape {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Shape>>;
}

/**
 * What a schema knows of a value. The service may show members that nobody documented: they are neither compared nor
 * sent back, which it might refuse.
 */
export function documented(value: JsonObject, { properties = {} }: Shape): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, shape]): [string, Json][] => {
      const member = value[name];
      if (member === undefined) return [];
      return [
        [name, isObject(member) && shape.properties !== undefined ? documented(member, shape) : member],
      ];
    }),
  );
}

/** The members of that name that are set. */
export function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])),
  );
}
