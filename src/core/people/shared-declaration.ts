import type { Json, JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Id } from "../calls/reference.js";
import type { EntryKey, ListEntries } from "./people-lists.js";
import { entryKey } from "./people-lists.js";

/** A block of the config that declares the same attributes for many users: an entry of `userSettings`. */
export interface SharedDeclaration {
  /** The path of the block: `userSettings/agents`. */
  readonly entry: string;
  /** The name of the kind of which the block declares a resource for each user. */
  readonly kind: string;
  /** The people and sources. */
  readonly members: readonly Json[];
  /** The people and sources whose users the block leaves out. */
  readonly except: readonly Json[];
  readonly attributes: JsonObject;
  /** The place in the desired state. */
  readonly pointer: Pointer;
}

/** A block for many users, with the users that it gives. */
export interface ResolvedShared {
  readonly declaration: SharedDeclaration;
  /** The users of each member, without those of `except`, in the order of the block. Missing: unknown. */
  readonly entries: ListEntries;
}

/** The origin of a user's attributes. */
export interface SharedOrigin {
  /** The first entry that gives one of them; the resource's own address if its own block gives all. */
  readonly entry: string;
  /** The first member of the entry that gives the user. */
  readonly source: EntryKey;
  /** The other members of the entry that give the user, in the order of the entry. Missing: none. */
  readonly others?: readonly EntryKey[];
  /** Values of later entries that differ from the user's. Missing: none. */
  readonly overruled?: readonly OverruledValue[];
}

/** The origin of a user's attributes, as the state records it. */
export type RecordedOrigin = Omit<SharedOrigin, "overruled">;

/** Returns all members of the entry that give the user, in the order of the entry. */
export function originSources({ source, others = [] }: RecordedOrigin): readonly [EntryKey, ...EntryKey[]] {
  return [source, ...others];
}

/** Returns the origin with these sources. */
export function toOrigin(
  entry: string,
  [source, ...others]: readonly [EntryKey, ...EntryKey[]],
): RecordedOrigin {
  return { entry, source, ...(others.length === 0 ? {} : { others }) };
}

/** Returns true if another entry gives the attributes than at the last apply, or other members of the same entry only. */
export function isMoved(now: RecordedOrigin | undefined, then: RecordedOrigin | undefined): boolean {
  if (now === undefined || then === undefined) return now !== then;
  const before = originSources(then);
  return now.entry !== then.entry || !originSources(now).some((source) => before.includes(source));
}

/** A value that another declaration goes before. */
export interface OverruledValue {
  readonly entry: string;
  readonly source: EntryKey;
  readonly path: Pointer;
  readonly value: Json;
  /** The entry, or own block, whose value counts. */
  readonly by: string;
}

/**
 * Returns a block for many users with the users that it gives, as far as they are known.
 *
 * @param resolveEntry returns the ids that an entry of a list gives, or undefined if they are unknown
 */
export function resolveShared(
  declaration: SharedDeclaration,
  resolveEntry: (entry: Id) => readonly string[] | undefined,
): ResolvedShared {
  const { members, except } = declaration;
  const excepted = except.map((entry) => resolveEntry(entry as Id));
  // A user of an unknown source may be meant to be left out.
  if (excepted.includes(undefined)) return { declaration, entries: {} };
  const omitted = new Set(excepted.flatMap((ids) => ids ?? []));
  const entries = members.flatMap((entry) => {
    const ids = resolveEntry(entry as Id);
    return ids === undefined ? [] : [[entryKey(entry as Id), ids.filter((id) => !omitted.has(id))] as const];
  });
  return { declaration, entries: Object.fromEntries(entries) };
}
