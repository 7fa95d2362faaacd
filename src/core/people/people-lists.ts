import type { Json } from "../json/json.js";
import { byCodeUnit, canonicalJson } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Id, Source, SourceType } from "../calls/reference.js";
import { canonicalUserId, toSource } from "../calls/reference.js";

/**
 * The name of one entry in a list of people: an id, `user:jane@example.com`, `group:Support`; with exceptions
 * `group:Support except ["user:sam@example.com"]`.
 */
export type EntryKey = string;

/**
 * The ids that each entry of a list gives. A source gives its active members, without its exceptions; a person gives their id, departed
 * or not.
 */
export type ListEntries = Readonly<Record<EntryKey, readonly string[]>>;

/** The entries of a resource's lists of people, by attribute: `/participants`. */
export type PeopleLists = Readonly<Record<Pointer, ListEntries>>;

const exceptions = " except ";

/** The exceptions of an entry: a JSON list of texts. The name of a source may hold anything else. */
const exceptionsAtEnd = / except \["(?:[^"\\]|\\["\\bfnrtu]|",")*"\]$/;

/** Returns the key of an entry. Entries with the same key give the same people. */
export function entryKey(entry: Id): EntryKey {
  if (typeof entry === "string") return canonicalUserId(entry);
  const { $ref, except = [] } = entry;
  if (except.length === 0) return $ref;
  const keys: readonly Json[] = [...new Set(except.map(entryKey))].sort(byCodeUnit);
  return `${$ref}${exceptions}${canonicalJson(keys)}`;
}

/** Returns the reference of an entry without its exceptions: `group:Support`; for an id, the id. */
export function entryReference(key: EntryKey): string {
  return key.replace(exceptionsAtEnd, "");
}

/** Returns the exceptions of an entry. */
export function entryExceptions(key: EntryKey): readonly EntryKey[] {
  const [found] = exceptionsAtEnd.exec(key) ?? [];
  return found === undefined ? [] : (JSON.parse(found.slice(exceptions.length)) as readonly EntryKey[]);
}

const titles = {
  group: "group",
  team: "team",
  queue: "queue",
  reportsOf: "reports of",
  skillGroup: "skill group",
} as const;

/** E-mails by user id. */
export type Emails = Readonly<Record<string, string>>;

/**
 * Returns an entry as people read it: "group Support", "reports of jane@example.com", "sam@example.com". Exceptions are left out.
 *
 * @param emails for users whom the entry names by id
 */
export function entryText(key: EntryKey, emails: Emails): string {
  const reference = entryReference(key);
  const source = toSource(reference);
  if (source !== undefined) return `${titles[source.type]} ${sourceName(source, emails)}`;
  return reference.startsWith("user:") ? reference.slice("user:".length) : toName(reference, emails);
}

/** Returns the id of the user whom an entry names by id, as a person or as the manager of reports. */
export function entryUserId(key: EntryKey): string | undefined {
  const reference = entryReference(key);
  const source = toSource(reference);
  const name = source === undefined ? reference : source.type === "reportsOf" ? source.name : "@";
  return name.includes("@") ? undefined : canonicalUserId(name);
}

/** Returns the name of a source; for the reports of a user, the e-mail if it is known. */
function sourceName({ type, name }: Source, emails: Emails): string {
  return type === "reportsOf" ? toName(name, emails) : name;
}

function toName(user: string, emails: Emails): string {
  return (Object.hasOwn(emails, user) ? emails[user] : undefined) ?? user;
}

/** The relation of a person to a source. */
type Membership = "member" | "joined" | "left" | "excepted";

const joining = {
  member: "member of",
  joined: "joined",
  left: "left",
  excepted: "joined the excepted",
} as const;
// For queues, "joined" has another meaning in Genesys Cloud; members of skill groups follow from their skills.
const being = {
  ...{ member: "member of", joined: "now in", left: "no longer in" },
  excepted: "now in the excepted",
} as const;

const membershipWords: Readonly<Record<SourceType, Readonly<Record<Membership, string>>>> = {
  group: joining,
  team: joining,
  queue: being,
  reportsOf: {
    ...{ member: "reports to", joined: "now reports to", left: "no longer reports to" },
    excepted: "now excepted as a report of",
  },
  skillGroup: being,
};

/**
 * Returns the end of a sentence about a user: "joined group Support", "no longer reports to jane@example.com".
 *
 * @param key a source's
 * @param emails for users whom the source names by id
 */
export function membershipText(key: EntryKey, membership: Membership, emails: Emails): string {
  const source = toSource(entryReference(key)) ?? { type: "group", name: key };
  const name = source.type === "reportsOf" ? sourceName(source, emails) : entryText(key, emails);
  return `${membershipWords[source.type][membership]} ${name}`;
}

/** The active members of each source that was read, by reference: `group:Support`. */
export type SourceMembers = ReadonlyMap<EntryKey, readonly string[]>;

/** Returns a sentence about a source that gives nobody, without its period: "the group Support has no active members". */
export function emptyText(key: EntryKey, sources: SourceMembers = new Map(), emails: Emails = {}): string {
  const reference = entryReference(key);
  const isExcepted = (sources.get(reference) ?? []).length > 0;
  const source = toSource(reference);
  const isManager = source?.type === "reportsOf";
  const text = entryText(key, emails);
  if (isExcepted) return `all ${isManager ? "" : "members of the "}${text} are excepted`;
  return isManager
    ? `${sourceName(source, emails)} has no active direct reports`
    : `the ${text} has no active members`;
}

/**
 * Returns the excepted source because of which an entry no longer gives a user who is still a member of its own source; undefined if
 * there is none, or the members are unknown.
 *
 * @param others exceptions of the block around the entry
 */
export function findException(
  key: EntryKey,
  user: string,
  sources: SourceMembers = new Map(),
  others: readonly EntryKey[] = [],
): EntryKey | undefined {
  const isMember = (one: EntryKey): boolean => sources.get(entryReference(one))?.includes(user) === true;
  const gives = (one: EntryKey): boolean => isMember(one) && !entryExceptions(one).some(gives);
  return isMember(key) ? [...entryExceptions(key), ...others].find(gives) : undefined;
}

/** Returns true if the entry is a source rather than a person. */
export function isSourceKey(key: EntryKey): boolean {
  return toSource(entryReference(key)) !== undefined;
}
