import type { Json } from "../json/json.js";
import { byCodeUnit, canonicalJson } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Id, SourceType } from "../calls/reference.js";
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
  const at = key.endsWith('"]') ? key.lastIndexOf(`${exceptions}["`) : -1;
  return at < 0 ? key : key.slice(0, at);
}

const titles = {
  group: "group",
  team: "team",
  queue: "queue",
  reportsOf: "reports of",
  skillGroup: "skill group",
} as const;

/** Returns an entry as people read it: "group Support", "reports of jane@example.com", "sam@example.com". Exceptions are left out. */
export function entryText(key: EntryKey): string {
  const reference = entryReference(key);
  const source = toSource(reference);
  if (source !== undefined) return `${titles[source.type]} ${source.name}`;
  return reference.startsWith("user:") ? reference.slice("user:".length) : reference;
}

/** The relation of a person to a source. */
type Membership = "member" | "joined" | "left";

const joining = { member: "member of", joined: "joined", left: "left" } as const;
// For queues, "joined" has another meaning in Genesys Cloud; members of skill groups follow from their skills.
const being = { member: "member of", joined: "now in", left: "no longer in" } as const;

const membershipWords: Readonly<Record<SourceType, Readonly<Record<Membership, string>>>> = {
  group: joining,
  team: joining,
  queue: being,
  reportsOf: { member: "reports to", joined: "now reports to", left: "no longer reports to" },
  skillGroup: being,
};

/** Returns the end of a sentence about a user: "joined group Support", "no longer reports to jane@example.com". @param key a source's */
export function membershipText(key: EntryKey, membership: Membership): string {
  const { type, name } = toSource(entryReference(key)) ?? { type: "group", name: key };
  return `${membershipWords[type][membership]} ${type === "reportsOf" ? name : entryText(key)}`;
}

/** Returns a sentence about an empty source without its period: "the group Support has no active members". */
export function emptyText(key: EntryKey): string {
  const source = toSource(entryReference(key));
  return source?.type === "reportsOf"
    ? `${source.name} has no active direct reports`
    : `the ${entryText(key)} has no active members`;
}

/** Returns true if the entry is a source rather than a person. */
export function isSourceKey(key: EntryKey): boolean {
  return toSource(entryReference(key)) !== undefined;
}
