import fastJsonPatch from "fast-json-patch";
import { isRef } from "../calls/reference.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, isArray, isObject } from "../json/json.js";
import { getOwn } from "../json/json-object.js";
import type { Pointer } from "../json/pointer.js";
import { forEachLeaf, memberPointer, pointer, tokens, valueAt } from "../json/pointer.js";
import type { AttributeChange, Cause, PatchOperation } from "../plan/change.js";
import { isSameValue } from "./compare.js";

/** The difference of live and desired attributes. */
export interface AttributeDiff {
  /** The live attributes with every desired value that differs; the same object if none does. */
  readonly after: JsonObject;
  /** The RFC 6902 operations that turn the live attributes into `after`, sorted by path. */
  readonly patch: readonly PatchOperation[];
  /** The attributes that the patch changes, sorted. */
  readonly paths: readonly Pointer[];
}

/**
 * Compares live with desired attributes, both with normalized sets. Live attributes that are not desired are kept.
 */
export function diffAttributes(live: JsonObject, desired: JsonObject): AttributeDiff {
  const after = withDesired(live, desired);
  const patch = createPatch(live, after);
  const paths: Pointer[] = [];
  for (const { path, value } of patch)
    if (isObject(value) && !isRef(value)) forEachLeaf(value, (at) => paths.push(at), path);
    else paths.push(path);
  return { after, patch, paths: paths.sort(byCodeUnit) };
}

function withDesired(live: JsonObject, desired: JsonObject): JsonObject {
  // Most desired values need no copy if nothing is live: the plan of 100,000 users then shares them with the config.
  if (isEmpty(live) && isWhole(desired)) return desired;
  let result: Record<string, Json | undefined> | undefined;
  for (const name in desired) {
    const value = desired[name];
    if (value === undefined) continue;
    const current = getOwn(live, name);
    let next: Json = value;
    if (isObject(value) && !isRef(value)) {
      const inner = isObject(current) ? current : {};
      next = withDesired(inner, value);
      if (next === inner) continue;
    } else if (isSameValue(current, value)) continue;
    (result ??= { ...live })[name] = next;
  }
  return result ?? live;
}

function isEmpty(object: JsonObject): boolean {
  for (const _name in object) return false;
  return true;
}

/** Returns true for an object without empty objects in it, which are not compared, and without undefined members. */
function isWhole(object: JsonObject): boolean {
  for (const name in object) {
    const value = object[name];
    if (value === undefined || (isObject(value) && !isRef(value) && !isWhole(value))) return false;
  }
  return !isEmpty(object);
}

/**
 * Returns the RFC 6902 operations that turn one object into another, sorted by path. No operation depends on another. A list that
 * differs is replaced as a whole: a comparison by position would replace every element after the first difference.
 *
 * @param after has every member of `before`
 */
export function createPatch(before: JsonObject, after: JsonObject): readonly PatchOperation[] {
  if (before === after) return [];
  const paths: Pointer[] = [];
  for (const name in after) {
    const [old, now] = [getOwn(before, name), after[name]];
    if (old === now) continue;
    // Added members are not compared: the library copies them.
    if (old === undefined) paths.push(memberPointer("", name));
    else paths.push(...getChangedPaths(before, name, now ?? null));
  }
  return paths.sort(byCodeUnit).map((path) => ({
    op: valueAt(before, path) === undefined ? "add" : "replace",
    path,
    value: valueAt(after, path) ?? null,
  }));
}

/** Returns the paths that differ within a member, each once. */
function getChangedPaths(before: JsonObject, name: string, now: Json): ReadonlySet<Pointer> {
  const operations = fastJsonPatch.compare({ [name]: before[name] }, { [name]: now });
  return new Set(operations.map(({ path }) => getListPath(before, path) ?? path));
}

/** Returns the path of the list that an element's path leads into; undefined for a path outside lists. */
function getListPath(document: JsonObject, path: Pointer): Pointer | undefined {
  const names = tokens(path);
  for (let length = 1; length < names.length; length++) {
    const outer = pointer(...names.slice(0, length));
    if (isArray(valueAt(document, outer))) return outer;
  }
  return undefined;
}

/**
 * Returns the attribute changes of a diff, each with its cause.
 *
 * @param live normalized
 * @param desired normalized
 * @param recorded the recorded values, normalized
 * @param desiredAtApply `desired` with the ids that its references had at the last apply, normalized
 */
export function toAttributeChanges(
  { paths }: Pick<AttributeDiff, "paths">,
  live: JsonObject,
  desired: JsonObject,
  recorded: JsonObject,
  desiredAtApply: JsonObject,
): readonly AttributeChange[] {
  return paths.map((path) => {
    const [before, after] = [valueAt(live, path), valueAt(desired, path)];
    const afterAtApply = desiredAtApply === desired ? after : valueAt(desiredAtApply, path);
    const cause = getCause(before, afterAtApply, valueAt(recorded, path));
    return { path, cause, before, after };
  });
}

function getCause(live: Json | undefined, desired: Json | undefined, recorded: Json | undefined): Cause {
  if (recorded === undefined || isSameValue(live, recorded)) return "config";
  return isSameValue(desired, recorded) ? "drift" : "conflict";
}
