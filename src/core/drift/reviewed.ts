import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { withValueAt } from "../json/pointer.js";
import type { ListEntries, PeopleLists, SourceMembers } from "../people/people-lists.js";
import { isSourceKey } from "../people/people-lists.js";
import type { RecordedResource } from "../state/state.js";

/**
 * Returns the entries of the last apply with the people that they give now. An entry that the config no longer has gives the members of
 * its source where the config has that source elsewhere, as with other exceptions; else what it gave then. An entry that only the config
 * has is not reviewed yet.
 *
 * @param now the entries of the config, with the people that they give now
 */
export function reviewedLists(
  recorded: PeopleLists,
  now: PeopleLists = {},
  sources: SourceMembers = new Map(),
): PeopleLists {
  return mapLists(recorded, (entries, path) =>
    Object.fromEntries(
      Object.entries(entries).map(([key, ids]) => [key, now[path]?.[key] ?? sources.get(key) ?? ids]),
    ),
  );
}

/** Returns the applied attributes with the people of these lists. */
export function withPeople(applied: JsonObject, lists: PeopleLists): JsonObject {
  return Object.entries(lists).reduce(
    (result, [path, entries]) => withValueAt(result, path, [...new Set(Object.values(entries).flat())]),
    applied,
  );
}

/** Returns the sources that gave people at the last apply and give nobody now, by attribute. */
export function emptiedSources(
  { lists = {} }: Pick<RecordedResource, "lists">,
  reviewed: PeopleLists,
): PeopleLists {
  return mapLists(lists, (entries, path) =>
    Object.fromEntries(
      Object.entries(entries).filter(
        ([key, ids]) => isSourceKey(key) && ids.length > 0 && reviewed[path]?.[key]?.length === 0,
      ),
    ),
  );
}

function mapLists(
  lists: PeopleLists,
  change: (entries: ListEntries, path: Pointer) => ListEntries,
): PeopleLists {
  return Object.fromEntries(Object.entries(lists).map(([path, entries]) => [path, change(entries, path)]));
}
