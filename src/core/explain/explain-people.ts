import type { Json } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { addToMultimap } from "../multimap.js";
import { isDeparted } from "../people/org-people.js";
import type { OrgPeople } from "../people/org-people.js";
import type { Emails, EntryKey, ListEntries, SourceMembers } from "../people/people-lists.js";
import {
  entryReference,
  entryText,
  findException,
  isSourceKey,
  membershipText,
} from "../people/people-lists.js";
import { without } from "../state/state.js";
import type { Because } from "../plan/because.js";
import { givenBy, joinedReason, leftSourceReason } from "./origin-reasons.js";

/** The desired and the recorded entries of a list of people, to explain its changes. */
export interface ListHistory extends Pick<OrgPeople, "departed"> {
  /** The people that each entry gives now. */
  readonly desired: ListEntries;
  /** The people that each entry gave at the last apply. */
  readonly recorded: ListEntries;
  /** The people that are recorded as applied; undefined: nothing was ever recorded. */
  readonly applied: readonly Json[] | undefined;
  /** Missing: unknown. */
  readonly sources?: SourceMembers | undefined;
  /** E-mails by user id, for texts. Missing: none. */
  readonly people?: Emails | undefined;
}

/** Explains each element that a change adds to or removes from a list of people. */
export function explainPeople(
  path: Pointer,
  before: readonly Json[],
  after: readonly Json[],
  history: ListHistory,
): readonly Because[] {
  const [added, removed] = [without(after, before), without(before, after)];
  if (added.length + removed.length === 0) return [];
  const applied = history.applied === undefined ? undefined : new Set(history.applied);
  const givers = { desired: byUser(history.desired), recorded: byUser(history.recorded) };
  const indexed = { ...history, applied, givers };
  const explained = (user: Json, reason: Omit<Because, "path" | "user">): Because => ({
    path,
    ...(typeof user === "string" ? { user } : {}),
    ...reason,
  });
  return [
    ...removed.map((user) => explained(user, explainRemoval(user, indexed))),
    ...added.map((user) => explained(user, explainAddition(user, indexed))),
  ];
}

type Givers = ReadonlyMap<Json, readonly EntryKey[]>;

interface Indexed extends Omit<ListHistory, "applied"> {
  readonly applied: ReadonlySet<Json> | undefined;
  readonly givers: { readonly desired: Givers; readonly recorded: Givers };
}

/** Returns the entries that give each user, in their order. */
function byUser(entries: ListEntries): Givers {
  const givers = new Map<Json, EntryKey[]>();
  for (const [key, users] of Object.entries(entries))
    for (const user of users) addToMultimap(givers, user, key);
  return givers;
}

type Reason = Omit<Because, "path" | "user">;

function explainAddition(user: Json, { recorded, applied, givers, people = {} }: Indexed): Reason {
  const keys = givers.desired.get(user) ?? [];
  const [first] = keys;
  if (applied?.has(user) === true)
    return { reason: "removed-outside", text: "removed outside", ...reference(first) };
  const isNew = (key: EntryKey): boolean =>
    recorded[key] !== undefined && givers.recorded.get(user)?.includes(key) !== true;
  const joined = keys.find((key) => isSourceKey(key) && isNew(key));
  if (joined !== undefined) return joinedReason(joined, people);
  if (first === undefined) return { reason: "declared", text: "declared" };
  if (isSourceKey(first))
    return { reason: "declared", text: membershipText(first, "member", people), ...givenBy(first, people) };
  if (isNew(first) && (recorded[first] ?? []).length > 0) return recreated(first);
  const isAdded = applied !== undefined && recorded[first] === undefined;
  return { reason: "declared", text: isAdded ? "newly declared" : "declared", ...reference(first) };
}

function explainRemoval(
  user: Json,
  { desired, applied, givers, departed, sources, people = {} }: Indexed,
): Reason {
  if (applied === undefined) return { reason: "not-in-config", text: "not declared" };
  if (!applied.has(user)) return { reason: "added-outside", text: "added outside" };
  const keys = givers.recorded.get(user) ?? [];
  const given = keys.find(isSourceKey);
  const [first] = keys;
  const dropped = keys.find((key) => desired[key] === undefined);
  if (first === undefined || dropped !== undefined) return noLongerDeclared(dropped, people);
  if (given === undefined) return recreated(first);
  if (isDeparted(user, { departed }))
    return { reason: "departed", text: "departed", ...givenBy(given, people) };
  const exception = typeof user === "string" ? findException(given, user, sources) : undefined;
  return leftSourceReason(given, exception, people);
}

function noLongerDeclared(key: EntryKey | undefined, people: Emails): Reason {
  if (key === undefined || !isSourceKey(key))
    return { reason: "no-longer-declared", text: "no longer declared" };
  const source = entryText(key, people);
  return { reason: "no-longer-declared", text: `no longer declared: ${source}`, source };
}

function recreated(key: EntryKey): Reason {
  return { reason: "recreated", text: "re-created with another id", ...reference(key) };
}

function reference(key: EntryKey | undefined): Pick<Because, "reference"> {
  return key === undefined ? {} : { reference: entryReference(key) };
}
