import { blockNames } from "../../core/address.js";
import { addToMultimap } from "../../core/multimap.js";
import type { EntryKey } from "../../core/people/people-lists.js";
import { originSources } from "../../core/people/shared-declaration.js";
import type { State } from "../../core/state/state.js";
import { toNames } from "./known-users.js";

/**
 * Returns the users whom the state knows, by e-mail: those whom the config named, and those whose settings an entry for many users gave.
 */
export function getRecordedUsers(state: State | undefined): Readonly<Record<string, string>> {
  const given = Object.entries(state?.resources ?? {}).flatMap(([address, { id, from }]) => {
    if (from === undefined) return [];
    const name = blockNames(address)[1] ?? "";
    return name.includes("@") ? [[name, id] as const] : [];
  });
  return { ...Object.fromEntries(given), ...state?.users };
}

/** Returns the e-mails of the users whom the state knows, by id. */
export function getRecordedEmails(state: State | undefined): Readonly<Record<string, string>> {
  return toNames(Object.entries(getRecordedUsers(state)).map(([email, id]) => [id, email]));
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
