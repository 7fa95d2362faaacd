import { isUserAddress } from "../../core/address.js";
import type { Id, Ref } from "../../core/calls/reference.js";
import { canonicalUserId, isRef, refsIn, toSource } from "../../core/calls/reference.js";
import type { Json } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { valueAt } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Resource } from "../../core/kind/resource.js";
import type { SharedDeclaration } from "../../core/people/shared-declaration.js";

/** A part of the config that names people: a resource, or a block for many users. */
export interface PeopleHolder {
  /** The address, or the path of the block: `userSettings/agents`. */
  readonly name: string;
  /** True for a block for many users. */
  readonly isShared: boolean;
  /** The entries of its lists of people, and the user that it belongs to. */
  readonly entries: readonly Id[];
}

/** The people and sources that resources name. */
export interface PeopleReferences {
  readonly holders: readonly PeopleHolder[];
  /** E-mails in lower case, with their spellings. */
  readonly emails: ReadonlyMap<string, ReadonlySet<string>>;
  /** References to users by e-mail, as `user:jane@example.com`, and to sources, as `group:Support`. */
  readonly references: ReadonlySet<string>;
  /** Those to sources. */
  readonly sources: ReadonlySet<string>;
  /** Users that are declared by id. */
  readonly ids: ReadonlySet<string>;
}

const none = [] as const;

/** The lists of people of a resource, by attribute. */
export function getPeopleLists(
  { kind, attributes }: Resource,
  kinds: Kinds,
): readonly (readonly [Pointer, readonly Id[]])[] {
  const { users } = getKind(kinds, kind).live;
  // Hot path: settings have no lists of people.
  if (users.length === 0) return none;
  return users.flatMap((path) => {
    const value = valueAt(attributes, path);
    return isArray(value) ? [[path, value.filter(isId)] as const] : [];
  });
}

function isId(value: Json): value is Id & Json {
  return typeof value === "string" || isRef(value);
}

/** Returns the parts of the config that name people. */
export function getHolders(
  resources: readonly Resource[],
  shared: readonly SharedDeclaration[],
  kinds: Kinds,
): readonly PeopleHolder[] {
  return [
    ...resources.map((resource) => ({
      name: resource.address,
      isShared: false,
      entries: getEntries(resource, kinds),
    })),
    ...shared.map(({ entry, members, except }) => ({
      name: entry,
      isShared: true,
      entries: [...members, ...except].filter(isId),
    })),
  ];
}

function getEntries(resource: Resource, kinds: Kinds): readonly Id[] {
  const owner = getOwner(resource);
  const lists = getPeopleLists(resource, kinds);
  return lists.length === 0 ? owner : [...owner, ...lists.flatMap(([, entries]) => entries)];
}

/** Returns the user that a resource belongs to: of settings, and of a 1:1 chat's messages and pins. */
function getOwner({ address, id, container }: Resource): readonly Id[] {
  const owner = isUserAddress(address) ? (container ?? id) : undefined;
  const isNamed = (one: Id | undefined): one is Id => isRef(one) || (one !== undefined && one === owner);
  // Hot path: literals take a fraction of the time of filtering a list.
  if (!isNamed(container)) return isNamed(id) ? [id] : none;
  return isNamed(id) ? [id, container] : [container];
}

/** Collects the people and sources that are to be looked up. @param isKnown true for entries that need no lookup */
export function collectReferences(
  holders: readonly PeopleHolder[],
  isKnown: (entry: Id) => boolean,
): PeopleReferences {
  const emails = new Map<string, Set<string>>();
  const references = new Set<string>();
  const sources = new Set<string>();
  const ids = new Set<string>();
  const addUser = (user: string, written = user): void => {
    if (!user.includes("@")) ids.add(canonicalUserId(user));
    else emails.set(user, (emails.get(user) ?? new Set<string>()).add(written));
  };
  const added = new Set<string>();
  const add = (entry: Id): void => {
    if (isKnown(entry)) return;
    if (typeof entry === "string") {
      ids.add(canonicalUserId(entry));
      return;
    }
    // Hot path: in a large org, each user is in many rooms.
    if (entry.written === undefined && entry.except === undefined) {
      if (added.has(entry.$ref)) return;
      added.add(entry.$ref);
    }
    references.add(entry.$ref);
    if (entry.$ref.startsWith("user:")) addUser(entry.$ref.slice("user:".length), entry.written);
    else {
      const source = toSource(entry.$ref);
      if (source === undefined) return;
      sources.add(entry.$ref);
      if (source.type === "reportsOf") addUser(source.name, entry.written);
      entry.except?.forEach(add);
    }
  };
  for (const { entries } of holders) entries.forEach(add);
  return { holders, emails, references, sources, ids };
}

/** Returns every reference of a part of the config, each once. */
export function getReferences({ entries }: PeopleHolder): readonly string[] {
  const found = entries.flatMap((entry) =>
    typeof entry === "string" ? `user:${canonicalUserId(entry)}` : refsIn(entry).map(getReference),
  );
  const ids = entries.flatMap((entry) => (isRef(entry) ? exceptedIds(entry) : []));
  return [...new Set([...found, ...ids.map((id) => `user:${id}`)])];
}

function exceptedIds({ except = [] }: Ref): readonly string[] {
  return except.flatMap((entry) => (typeof entry === "string" ? canonicalUserId(entry) : exceptedIds(entry)));
}

function getReference({ $ref }: Ref): string {
  return $ref;
}
