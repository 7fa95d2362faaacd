import { isSameValue } from "../../diff/compare.js";
import type { ChangeRecord } from "../change.js";
import type { Json, JsonObject } from "../../json/json.js";
import { toDictionary } from "../../json/json-object.js";
import { byCodeUnit, isArray } from "../../json/json.js";
import type { OrgPeople } from "../../people/org-people.js";
import type { ListEntries, PeopleLists } from "../../people/people-lists.js";
import { originSources, toOrigin } from "../../people/shared-declaration.js";
import type { Kind } from "../../kind/kind.js";
import type { ResolvedResource } from "../../kind/resource.js";
import { forEachLeaf, valueAt, withValueAt } from "../../json/pointer.js";
import type { RecordedResource } from "../../state/state.js";
import { without } from "../../state/state.js";

/**
 * Returns the record of a resource before its calls are made. Their effects are added one by one, so `applied` always holds
 * the values known to be applied, whatever call fails.
 *
 * @param live normalized; null: not created yet
 */
export function changeRecord(
  kind: Kind,
  resolved: ResolvedResource,
  live: JsonObject | null,
  recorded: RecordedResource | undefined,
  people: OrgPeople,
): ChangeRecord {
  const { options, onRemove, from } = resolved;
  const lists = sortedLists(resolved.lists);
  const protect = resolved.protect ?? recorded?.protect;
  const known = live === null ? noValues : (recorded?.applied ?? foundAtFirst(kind, resolved, live, people));
  const applied = appliedNow(resolved.attributes, live ?? noValues, known);
  // Hot path: members are added one by one, which takes less time and memory than spreading.
  const record: { -readonly [Member in keyof ChangeRecord]: ChangeRecord[Member] } =
    kind.plan.restores && live !== null
      ? { applied, original: getOriginal(resolved, live, recorded) }
      : { applied };
  if (options !== undefined) record.options = options;
  if (protect !== undefined) record.protect = protect;
  if (onRemove !== undefined) record.onRemove = onRemove;
  if (lists !== undefined) record.lists = lists;
  if (from !== undefined) record.from = toOrigin(from.entry, originSources(from));
  return record;
}

/** No values: one object for the records of many resources. */
const noValues: JsonObject = {};

/** Returns the lists with their ids sorted: the service may list the members of a source in any order. */
function sortedLists(lists: PeopleLists | undefined): PeopleLists | undefined {
  if (lists === undefined || Object.keys(lists).length === 0) return undefined;
  const sorted = (entries: ListEntries): ListEntries =>
    toDictionary(
      Object.entries(entries).map(([key, ids]) => [key, ids.length < 2 ? ids : [...ids].sort(byCodeUnit)]),
    );
  return Object.fromEntries(Object.entries(lists).map(([path, entries]) => [path, sorted(entries)]));
}

/**
 * Returns the live elements of declared lists that are not declared, when a resource is recorded for the first time. Without
 * them in the record, a later plan would show them as drift.
 */
function foundAtFirst(
  kind: Kind,
  resolved: ResolvedResource,
  live: JsonObject,
  people: OrgPeople,
): JsonObject {
  const goal = kind.plan.goal(resolved, live, { ...people, tokenUser: undefined }).attributes;
  let found = noValues;
  forEachLeaf(goal, (path, wanted) => {
    const current = isArray(wanted) ? valueAt(live, path) : undefined;
    if (isArray(wanted) && isArray(current)) found = withValueAt(found, path, without(current, wanted));
  });
  return found;
}

/** Returns the declared values that are live already; where the live value differs, the value applied last. */
function appliedNow(declared: JsonObject, live: JsonObject, applied: JsonObject): JsonObject {
  let result = noValues;
  forEachLeaf(declared, (path, wanted) => {
    const current = valueAt(live, path);
    const last = valueAt(applied, path);
    const value = isArray(wanted)
      ? elementsNow(wanted, isArray(current) ? current : [], isArray(last) ? last : [])
      : isSameValue(current, wanted)
        ? wanted
        : last;
    if (value !== undefined) result = withValueAt(result, path, value);
  });
  return result;
}

/** Returns the live elements that are declared, or were applied and have yet to be removed. */
function elementsNow(
  wanted: readonly Json[],
  live: readonly Json[],
  applied: readonly Json[],
): readonly Json[] {
  const tracked = new Set([...wanted, ...applied]);
  return live.filter((element) => tracked.has(element));
}

/** Returns the values of declared attributes before their first change. */
function getOriginal(
  resolved: ResolvedResource,
  live: JsonObject,
  recorded: RecordedResource | undefined,
): JsonObject {
  let original = recorded?.original ?? noValues;
  forEachLeaf(resolved.attributes, (path) => {
    const value = valueAt(live, path);
    if (valueAt(original, path) === undefined && value !== undefined)
      original = withValueAt(original, path, value);
  });
  return original;
}

/** Returns the record of a resource that stays as it is. */
export function toChangeRecord({
  kind: _kind,
  id: _id,
  container: _container,
  created: _created,
  ...record
}: RecordedResource): ChangeRecord {
  return record;
}
