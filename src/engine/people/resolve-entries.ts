import type { Id, Resolve } from "../../core/calls/reference.js";
import { canonicalUserId, isRef, substitute } from "../../core/calls/reference.js";
import type { Json } from "../../core/json/json.js";
import { toDictionary } from "../../core/json/json-object.js";
import { withValueAt } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import type { Resource } from "../../core/kind/resource.js";
import type { EntryKey, ListEntries } from "../../core/people/people-lists.js";
import { entryKey } from "../../core/people/people-lists.js";
import { getPeopleLists } from "./people-references.js";

/** Returns the ids that an entry gives; undefined while it is unknown. */
export type ResolveEntry = (entry: Id) => readonly string[] | undefined;

/**
 * Returns what resolves entries.
 *
 * @param ids user ids by e-mail
 * @param sources active members by reference
 * @param recorded what entries gave at the last apply, for those that are not read
 */
export function toResolver(
  ids: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, readonly string[]>,
  recorded: ReadonlyMap<EntryKey, readonly string[]>,
): ResolveEntry {
  // A list for each user, not for each entry: 50,000 entries may name 10,000 users.
  const users = new Map<string, readonly string[]>([...ids].map(([email, id]) => [`user:${email}`, [id]]));
  const resolve: ResolveEntry = (entry) => {
    if (typeof entry === "string") return [canonicalUserId(entry)];
    if (entry.$ref.startsWith("user:")) return users.get(entry.$ref);
    const whole = recorded.get(entryKey(entry));
    if (whole !== undefined) return whole;
    const members = sources.get(entry.$ref) ?? recorded.get(entry.$ref);
    const except = (entry.except ?? []).map(resolve);
    if (members === undefined || except.includes(undefined)) return undefined;
    const omitted = new Set(except.flatMap((some) => some ?? []));
    return members.filter((id) => !omitted.has(id));
  };
  return resolve;
}

function toResolve(resolveEntry: ResolveEntry): Resolve {
  return (ref) => {
    const found = resolveEntry(ref);
    return ref.field === "id" ? found?.[0] : found;
  };
}

/** Returns the resource with ids in place of the references that can be resolved, and with its lists. */
export function resolveResource(resource: Resource, kinds: Kinds, resolveEntry: ResolveEntry): Resource {
  const resolve = toResolve(resolveEntry);
  const { id, container } = resource;
  let attributes = resource.attributes;
  let lists: Record<string, ListEntries> | undefined;
  for (const [path, entries] of getPeopleLists(resource, kinds)) {
    const resolved = resolveList(entries, resolveEntry);
    (lists ??= {})[path] = resolved.lists;
    if (entries.some(isRef)) attributes = withValueAt(attributes, path, resolved.people);
  }
  attributes = substitute(attributes, resolve);
  if (lists === undefined && !isRef(id) && !isRef(container) && attributes === resource.attributes)
    return resource;
  // Hot path: one spread, in front, and assignments take a fraction of the time and memory of several spreads.
  const result: { -readonly [Member in keyof Resource]: Resource[Member] } = { ...resource, attributes };
  if (isRef(id)) result.id = substitute<Id>(id, resolve);
  if (isRef(container)) result.container = substitute<Id>(container, resolve);
  if (lists !== undefined) result.lists = lists;
  return result;
}

/** Returns the ids that a list gives, by entry and together. An entry that is unknown is kept. */
function resolveList(
  entries: readonly Id[],
  resolveEntry: ResolveEntry,
): { readonly lists: ListEntries; readonly people: readonly Json[] } {
  const gives: [EntryKey, readonly string[]][] = [];
  const people: Json[] = [];
  for (const entry of entries) {
    const ids = resolveEntry(entry);
    if (ids !== undefined) gives.push([entryKey(entry), ids]);
    if (ids === undefined || typeof entry === "string") people.push(entry);
    else for (const id of ids) people.push(id);
  }
  return { lists: toDictionary(gives), people };
}
