import { addToMultimap } from "../../core/multimap.js";
import type { EntryKey } from "../../core/people/people-lists.js";
import type { State } from "../../core/state/state.js";

/** Returns the users that each entry gave when it was last applied, as the state records them. */
export function getRecordedEntries(state: State | undefined): ReadonlyMap<EntryKey, readonly string[]> {
  const recorded = new Map<EntryKey, readonly string[]>();
  const shared = new Map<EntryKey, string[]>();
  for (const { id, lists = {}, from } of Object.values(state?.resources ?? {})) {
    for (const entries of Object.values(lists))
      for (const [key, ids] of Object.entries(entries)) recorded.set(key, ids);
    if (from !== undefined) addToMultimap(shared, from.source, id);
  }
  return new Map([...shared, ...recorded]);
}
