import { canonicalUserId } from "../../core/calls/reference.js";
import { idKey } from "../../core/jid.js";
import type { EntryKey, PeopleLists } from "../../core/people/people-lists.js";
import { isSourceKey } from "../../core/people/people-lists.js";
import type { RecordedResource, State } from "../../core/state/state.js";

/** The people of a chat as the state records them. */
export interface RecordedPeople {
  /** The sources that gave each person, by list: `owners`, `participants`. */
  readonly sources: Readonly<Record<string, PersonEntries>>;
  /** The `userSettings` entry that a user's settings come from, and its members that give the user. */
  readonly from: RecordedResource["from"];
}

/** Sources by user id. */
type PersonEntries = Readonly<Record<string, readonly EntryKey[]>>;

/** Returns the sources of the people in a room, or the origin of a user's settings, as of the last apply. */
export function getRecordedPeople(state: State | undefined, id: string): RecordedPeople {
  const recorded = Object.values(state?.resources ?? {}).filter((one) => idKey(one.id) === idKey(id));
  const lists = recorded.find((one) => one.lists !== undefined)?.lists ?? {};
  return {
    sources: Object.fromEntries(
      Object.entries(lists).map(([path, entries]) => [path.slice(1), sourcesByPerson(entries)]),
    ),
    from: recorded.find(({ from }) => from !== undefined)?.from,
  };
}

function sourcesByPerson(entries: PeopleLists[string]): PersonEntries {
  const sources: Record<string, EntryKey[]> = {};
  for (const [key, members] of Object.entries(entries)) {
    if (!isSourceKey(key)) continue;
    for (const id of members) (sources[canonicalUserId(id)] ??= []).push(key);
  }
  return sources;
}
