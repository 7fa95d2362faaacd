import { blockNames } from "../../core/address.js";
import { addToMultimap } from "../../core/multimap.js";
import type { EntryKey } from "../../core/people/people-lists.js";
import { originSources } from "../../core/people/shared-declaration.js";
import type { State } from "../../core/state/state.js";

/** Returns the e-mail of each user whose settings come from an entry for many users, by id, as the addresses in the state have it. */
export function getRecordedEmails(
  state: State | undefined,
): readonly (readonly [id: string, email: string])[] {
  return Object.entries(state?.resources ?? {}).flatMap(([address, { id, from }]) =>
    from === undefined ? [] : [[id, blockNames(address)[1] ?? id] as const],
  );
}

/** Returns the users that each entry gave when it was last applied, as the state records them. */
export function getRecordedEntries(state: State | undefined): ReadonlyMap<EntryKey, readonly string[]> {
  const recorded = new Map<EntryKey, readonly string[]>();
  const shared = new Map<EntryKey, string[]>();
  for (const { id, lists = {}, from } of Object.values(state?.resources ?? {})) {
    for (const entries of Object.values(lists))
      for (const [key, ids] of Object.entries(entries)) recorded.set(key, ids);
    for (const source of from === undefined ? [] : originSources(from)) addToMultimap(shared, source, id);
  }
  return new Map([...shared, ...recorded]);
}
