/**
 * Resolves the people that the config names, once per run: e-mails, ids, and the members of sources.
 *
 * A command calls `resolvePeople` first, with the selected resources. Its `resources` have ids in place of references, and
 * `lists` of what each entry gives; a departed person keeps their id there. `problems` end the command. After the live values were
 * read, `readUserStates(api, ids, people.users)` tells the states of users that only live lists show; those already known are not
 * requested again. `getDeparted(users)` of its result is `OrgPeople.departed`, `toNames(getEmails(users))` the names to show.
 * `findings` belong to the remarks of their address, and hold the one about a departed owner of a `users/...` resource too.
 */
import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import { resolveUsers } from "../../api/directory/directory.js";
import { nearest } from "../../core/nearest.js";
import type { Id, Resolve } from "../../core/calls/reference.js";
import { canonicalUserId, isRef, substitute, toSource } from "../../core/calls/reference.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import { withValueAt } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import type { Resource } from "../../core/kind/resource.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import type { EntryKey, ListEntries } from "../../core/people/people-lists.js";
import { entryKey } from "../../core/people/people-lists.js";
import { expandShared } from "../../core/people/expand-shared.js";
import type { ResolvedShared, SharedDeclaration } from "../../core/people/shared-declaration.js";
import { resolveShared } from "../../core/people/shared-declaration.js";
import type { Finding } from "../../core/plan/change.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import type { KnownUser, KnownUsers } from "./known-users.js";
import {
  getDeparted,
  getEmails,
  needUserStates,
  readUserStates,
  toKnownUser,
  toNames,
} from "./known-users.js";
import { findPeople } from "./people-findings.js";
import { ambiguousUser, unknownId, unknownUser } from "./people-problems.js";
import type { PeopleReferences } from "./people-references.js";
import { collectReferences, getHolders, getPeopleLists } from "./people-references.js";
import { getRecordedEntries } from "./recorded-entries.js";
import type { EmailOwner } from "./resolve-emails.js";
import { findDeparted, findOwner, getUndecided } from "./resolve-emails.js";
import { readNamedSources, readReports } from "./resolve-sources.js";

export interface PeopleInput {
  readonly api: Api;
  readonly kinds: Kinds;
  readonly resources: readonly Resource[];
  /** The blocks for many users. Default: none. */
  readonly shared?: readonly SharedDeclaration[];
  readonly state: State | undefined;
  /** False: ids and lists in the state are used without asking the service. */
  readonly refresh: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/** Resources with people replaced by ids. */
export interface ResolvedPeople {
  /** The resources, and those that the blocks for many users declare. */
  readonly resources: readonly Resource[];
  /** The blocks for many users, with the users that each member gives. */
  readonly shared: readonly ResolvedShared[];
  /** E-mails by user id, for people to read. */
  readonly names: Readonly<Record<string, string>>;
  /** Every user whose state is known. Without a refresh: few. */
  readonly users: KnownUsers;
  /** The departed ones among `users`. */
  readonly departed: OrgPeople["departed"];
  /** The active members of each source that was read, by reference: `group:Support`. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Departed users, changed e-mails and re-created users, by the address (or the path of a block for many users) that names them. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** The ids of e-mails, as far as they are new to the state. */
  readonly journal: readonly JournalEntry[];
  /** Unknown, ambiguous and unreadable people and sources. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Resolves the people in these resources, each once, in batches.
 *
 * @throws ApiError if a request about users fails; a source that cannot be read is a problem
 */
export async function resolvePeople(input: PeopleInput): Promise<ResolvedPeople> {
  const { resources, shared = [], kinds, state, refresh } = input;
  const remembered = state?.users ?? {};
  const recorded: ReadonlyMap<EntryKey, readonly string[]> = refresh ? new Map() : getRecordedEntries(state);
  const isKnown = (entry: Id): boolean =>
    !refresh && (isKnownUser(entry, remembered) || recorded.has(entryKey(entry)));
  const references = collectReferences(getHolders(resources, shared, kinds), isKnown);
  const directory = await readDirectory(input, references, remembered);

  const ids = new Map<string, string>(refresh ? [] : Object.entries(remembered));
  for (const [email, owner] of directory.owners) if (owner.type === "known") ids.set(email, owner.id);
  const resolveEntry = toResolver(ids, directory.sources, recorded);
  const blocks = shared.map((declaration) => resolveShared(declaration, resolveEntry));
  const emails = [...Object.entries(remembered), ...ids].map(([email, id]) => [id, email] as const);
  const all = expandShared({
    resources: resources.map((resource) => replaced(resource, kinds, resolveEntry)),
    shared: blocks,
    emails: Object.fromEntries([...emails, ...getEmails(directory.users)]),
  });
  const journal = Object.fromEntries([...directory.owners.keys()].flatMap((email) => pair(email, ids)));
  return {
    resources: all,
    shared: blocks,
    names: toNames([...emails, ...getEmails(directory.users)]),
    users: directory.users,
    departed: getDeparted(directory.users),
    sources: directory.sources,
    findings: findPeople(references.holders, directory, all),
    journal: changedUsers(journal, remembered),
    problems: [...directory.problems, ...ownerProblems(references, directory.owners, directory.users)],
  };
}

function isKnownUser(entry: Id, remembered: Readonly<Record<string, string>>): boolean {
  if (typeof entry === "string") return true;
  return entry.$ref.startsWith("user:") && remembered[entry.$ref.slice("user:".length)] !== undefined;
}

function pair(email: string, ids: ReadonlyMap<string, string>): [string, string][] {
  const id = ids.get(email);
  return id === undefined ? [] : [[email, id]];
}

/** The facts about people and sources in the directory. */
export interface DirectoryFacts {
  readonly owners: ReadonlyMap<string, EmailOwner>;
  readonly users: KnownUsers;
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Diagnostic[];
}

async function readDirectory(
  { api, signal, onEvent }: PeopleInput,
  { emails, sources, ids }: PeopleReferences,
  remembered: Readonly<Record<string, string>>,
): Promise<DirectoryFacts> {
  if (emails.size + sources.size > 0)
    onEvent({ type: "phase", phase: "resolve", total: emails.size + sources.size });
  const [found, named] = await Promise.all([
    resolveUsers(
      api,
      [...emails.values()].flatMap((spellings) => [...spellings]),
      signal,
    ),
    readNamedSources(api, sources, signal),
  ]);
  let users: KnownUsers = withStates(new Map(), [
    ...[...found.values()].flat(),
    ...[...named.members.values()].flat(),
  ]);
  const needed = [...getUndecided(found, remembered), ...unstated(named.members)];
  const readStates = needed.length > 0 ? needUserStates : readUserStates;
  users = await readStates(api, [...ids, ...needed], users, signal);
  const owners = new Map<string, EmailOwner>();
  for (const [email, candidates] of found)
    owners.set(
      email,
      findOwner(
        email,
        candidates.map(({ id }) => id),
        remembered[email],
        users,
      ),
    );
  const unknown = [...owners].flatMap(([email, { type }]) => (type === "unknown" ? email : []));
  const departed = await findDeparted(api, unknown, signal);
  users = new Map([...departed.users, ...users]);
  for (const [email, candidates] of departed.found)
    owners.set(email, findOwner(email, candidates, undefined, users));

  const reports = await readReports(api, getManagers(sources, owners), signal);
  users = withStates(users, [...reports.members.values()].flat());
  users = await needUserStates(api, unstated(reports.members), users, signal);
  const members = [...named.members, ...reports.members].map(
    ([reference, list]) => [reference, activeIds(list, users)] as const,
  );
  return { owners, users, sources: new Map(members), problems: [...named.problems, ...reports.problems] };
}

/** Adds the users that a search or a listing has shown with their state. */
function withStates(known: KnownUsers, shown: readonly DirectoryUser[]): KnownUsers {
  const stated = shown.filter(({ id, state }) => state !== undefined && !known.has(id));
  return stated.length === 0
    ? known
    : new Map([...known, ...stated.map((user) => [user.id, toKnownUser(user)] as const)]);
}

function unstated(members: ReadonlyMap<string, readonly DirectoryUser[]>): readonly string[] {
  return [...members.values()].flat().flatMap(({ id, state }) => (state === undefined ? id : []));
}

function activeIds(members: readonly DirectoryUser[], users: KnownUsers): readonly string[] {
  return [...new Set(members.flatMap(({ id }) => (users.get(id)?.state === "active" ? id : [])))];
}

/** Returns the ids of the users whose reports are a source, by reference. */
function getManagers(
  sources: ReadonlySet<string>,
  owners: ReadonlyMap<string, EmailOwner>,
): ReadonlyMap<string, string> {
  const managers = new Map<string, string>();
  for (const reference of sources) {
    const source = toSource(reference);
    if (source?.type !== "reportsOf") continue;
    const owner = owners.get(source.name);
    if (!source.name.includes("@")) managers.set(reference, canonicalUserId(source.name));
    else if (owner?.type === "known") managers.set(reference, owner.id);
  }
  return managers;
}

/** Returns the ids that an entry gives; undefined while it is unknown. */
type ResolveEntry = (entry: Id) => readonly string[] | undefined;

function toResolver(
  ids: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, readonly string[]>,
  recorded: ReadonlyMap<EntryKey, readonly string[]>,
): ResolveEntry {
  const resolve: ResolveEntry = (entry) => {
    if (typeof entry === "string") return [canonicalUserId(entry)];
    if (entry.$ref.startsWith("user:")) {
      const id = ids.get(entry.$ref.slice("user:".length));
      return id === undefined ? undefined : [id];
    }
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

function replaced(resource: Resource, kinds: Kinds, resolveEntry: ResolveEntry): Resource {
  const resolve = toResolve(resolveEntry);
  const { id, container } = resource;
  let attributes = resource.attributes;
  const lists: Record<string, ListEntries> = {};
  for (const [path, entries] of getPeopleLists(resource, kinds)) {
    const resolved = entries.map((entry) => [entry, resolveEntry(entry)] as const);
    lists[path] = toListEntries(resolved);
    if (!entries.some(isRef)) continue;
    attributes = withValueAt(
      attributes,
      path,
      resolved.flatMap(([entry, found]): readonly Json[] =>
        typeof entry === "string" ? [entry] : (found ?? [entry]),
      ),
    );
  }
  attributes = substitute(attributes, resolve);
  const hasLists = Object.keys(lists).length > 0;
  if (!hasLists && !isRef(id) && !isRef(container) && attributes === resource.attributes) return resource;
  return {
    ...resource,
    ...(isRef(id) ? { id: substitute<Id>(id, resolve) } : {}),
    ...(isRef(container) ? { container: substitute<Id>(container, resolve) } : {}),
    attributes,
    ...(hasLists ? { lists } : {}),
  };
}

function toListEntries(resolved: readonly (readonly [Id, readonly string[] | undefined])[]): ListEntries {
  return Object.fromEntries(
    resolved.flatMap(([entry, ids]) => (ids === undefined ? [] : [[entryKey(entry), ids]])),
  );
}

function changedUsers(
  learned: Readonly<Record<string, string>>,
  remembered: Readonly<Record<string, string>>,
): readonly JournalEntry[] {
  const users = Object.fromEntries(
    Object.entries(learned)
      .filter(([email, id]) => remembered[email] !== id)
      .sort(([a], [b]) => byCodeUnit(a, b)),
  );
  return Object.keys(users).length === 0 ? [] : [{ type: "users", users }];
}

/** The most unknown users that get a "Did you mean" hint: each is compared with all known ones. */
const mostCompared = 20;

/** Returns the problems of e-mails and managers, at each reference to them. */
function ownerProblems(
  { emails, references, sources, ids }: PeopleReferences,
  owners: ReadonlyMap<string, EmailOwner>,
  users: KnownUsers,
): readonly Diagnostic[] {
  const active = [...owners].flatMap(([email, owner]) =>
    owner.type === "known" && owner.newEmail === undefined && isActive(users.get(owner.id)) ? email : [],
  );
  const unknown = [...owners.values()].filter(({ type }) => type === "unknown");
  const candidates = unknown.length <= mostCompared ? active : [];
  const problems = [...emails.keys()].sort(byCodeUnit).flatMap((email) => {
    const owner = owners.get(email);
    const places = [`user:${email}`, `reportsOf:${email}`].filter((reference) => references.has(reference));
    return places.flatMap((reference): readonly Diagnostic[] => {
      if (owner?.type === "ambiguous") return [ambiguousUser(reference, email, owner.ids)];
      return owner?.type === "unknown" ? [unknownUser(reference, email, nearest(email, candidates))] : [];
    });
  });
  const managers = [...sources].flatMap((reference) => {
    const id = canonicalUserId(toSource(reference)?.name ?? "");
    return ids.has(id) && reference === `reportsOf:${id}` && users.get(id)?.state === "unknown"
      ? [unknownId(id, reference)]
      : [];
  });
  return [...problems, ...managers];
}

function isActive(user: KnownUser | undefined): boolean {
  return user?.state === "active";
}
