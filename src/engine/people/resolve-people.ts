/**
 * Resolves the people that the config names, once per run: e-mails, ids, and the members of sources.
 *
 * A command calls `resolvePeople` first, with the selected resources. Its `resources` have ids in place of references, and
 * `lists` of what each entry gives; a departed person keeps their id there. `problems` end the command. After the live values were
 * read, `readUserStates(api, ids, people.users)` tells the states of users that only live lists show; those already known are not
 * requested again. `getDeparted(users)` of its result is `OrgPeople.departed`, `toNames(getEmails(users))` the names to show.
 * `findings` belong to the remarks of their address, and hold the one about a departed owner of a `users/...` resource too.
 */
import { nearest } from "../../core/nearest.js";
import type { Id } from "../../core/calls/reference.js";
import { canonicalUserId, toSource } from "../../core/calls/reference.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import { toDictionary } from "../../core/json/json-object.js";
import type { Kinds } from "../../core/kind/kinds.js";
import type { Resource } from "../../core/kind/resource.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import type { EntryKey } from "../../core/people/people-lists.js";
import { entryKey } from "../../core/people/people-lists.js";
import { expandShared } from "../../core/people/expand-shared.js";
import type { ResolvedShared, SharedDeclaration } from "../../core/people/shared-declaration.js";
import { resolveShared } from "../../core/people/shared-declaration.js";
import type { Finding } from "../../core/plan/change.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { inTurns, mapInSteps, nextTurn } from "../../core/time/turns.js";
import type { KnownUsers } from "./known-users.js";
import { getDeparted, getEmails, toNames } from "./known-users.js";
import { findPeople } from "./people-findings.js";
import { ambiguousUser, unknownId, unknownUser } from "./people-problems.js";
import type { PeopleReferences } from "./people-references.js";
import { collectReferences, getHolders } from "./people-references.js";
import type { DirectoryInput } from "./read-directory.js";
import { readDirectory } from "./read-directory.js";
import { getRecordedEntries, getRecordedUsers } from "./recorded-entries.js";
import type { EmailOwner } from "./resolve-emails.js";
import { resolveResource, toResolver } from "./resolve-entries.js";

export interface PeopleInput extends DirectoryInput {
  readonly kinds: Kinds;
  readonly resources: readonly Resource[];
  /** The blocks for many users. Default: none. */
  readonly shared?: readonly SharedDeclaration[];
  readonly state: State | undefined;
  /** False: ids and lists in the state are used without asking the service. */
  readonly refresh: boolean;
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
  const remembered = getRecordedUsers(state);
  await nextTurn(input.signal);
  const recorded: ReadonlyMap<EntryKey, readonly string[]> = refresh ? new Map() : getRecordedEntries(state);
  const isKnown = (entry: Id): boolean =>
    !refresh && (isKnownUser(entry, remembered) || recorded.has(entryKey(entry)));
  const references = collectReferences(getHolders(resources, shared, kinds), isKnown);
  await nextTurn(input.signal);
  const directory = await readDirectory(input, references, remembered);
  await nextTurn(input.signal);

  const ids = new Map<string, string>(refresh ? [] : Object.entries(remembered));
  for (const [email, owner] of directory.owners) if (owner.type === "known") ids.set(email, owner.id);
  const resolveEntry = toResolver(ids, directory.sources, recorded);
  const blocks = shared.map((declaration) => resolveShared(declaration, resolveEntry));
  const emails = [
    ...[...Object.entries(remembered), ...ids].map(([email, id]) => [id, email] as const),
    ...getEmails(directory.users),
  ];
  const resolved = mapInSteps(resources, (resource) => resolveResource(resource, kinds, resolveEntry));
  const all = expandShared({
    resources: await inTurns(resolved, input.signal),
    shared: blocks,
    emails: new Map(emails),
  });
  await nextTurn(input.signal);
  return {
    resources: all,
    shared: blocks,
    names: toNames(emails),
    users: directory.users,
    departed: getDeparted(directory.users),
    sources: directory.sources,
    findings: findPeople(references.holders, directory, all),
    journal: newUsers(directory.owners.keys(), ids, state?.users ?? {}),
    problems: [...directory.problems, ...ownerProblems(references, directory.owners, directory.users)],
  };
}

function isKnownUser(entry: Id, remembered: Readonly<Record<string, string>>): boolean {
  if (typeof entry === "string") return true;
  return entry.$ref.startsWith("user:") && remembered[entry.$ref.slice("user:".length)] !== undefined;
}

/** Returns the ids of e-mails, as far as the state does not have them. */
function newUsers(
  emails: Iterable<string>,
  ids: ReadonlyMap<string, string>,
  remembered: Readonly<Record<string, string>>,
): readonly JournalEntry[] {
  const users: [string, string][] = [];
  for (const email of emails) {
    const id = ids.get(email);
    if (id !== undefined && remembered[email] !== id) users.push([email, id]);
  }
  if (users.length === 0) return [];
  return [{ type: "users", users: toDictionary(users.sort(([a], [b]) => byCodeUnit(a, b))) }];
}

/** The most unknown users that get a "Did you mean" hint: each is compared with all known ones. */
const mostCompared = 20;

/** Returns the problems of e-mails and managers, at each reference to them. */
function ownerProblems(
  { emails, references, sources, ids }: PeopleReferences,
  owners: ReadonlyMap<string, EmailOwner>,
  users: KnownUsers,
): readonly Diagnostic[] {
  const lost = [...owners].filter(([email, { type }]) => type !== "known" && emails.has(email));
  const unknown = lost.filter(([, { type }]) => type === "unknown");
  const candidates = unknown.length > 0 && unknown.length <= mostCompared ? getActive(owners, users) : [];
  const problems = lost
    .sort(([a], [b]) => byCodeUnit(a, b))
    .flatMap(([email, owner]) =>
      [`user:${email}`, `reportsOf:${email}`]
        .filter((reference) => references.has(reference))
        .map((reference) =>
          owner.type === "ambiguous"
            ? ambiguousUser(reference, email, owner.ids)
            : unknownUser(reference, email, similarEmail(email, candidates)),
        ),
    );
  const managers = [...sources].flatMap((reference) => {
    const id = canonicalUserId(toSource(reference)?.name ?? "");
    return ids.has(id) && reference === `reportsOf:${id}` && users.get(id)?.state === "unknown"
      ? [unknownId(id, reference)]
      : [];
  });
  return [...problems, ...managers];
}

/** Returns the e-mails that active users have now. */
function getActive(owners: ReadonlyMap<string, EmailOwner>, users: KnownUsers): readonly string[] {
  return [...owners].flatMap(([email, owner]) =>
    owner.type === "known" && owner.newEmail === undefined && users.get(owner.id)?.state === "active"
      ? email
      : [],
  );
}

/** Returns the most similar e-mail. One with another number is somebody else's: `agent-17@`, `agent-18@`. */
function similarEmail(email: string, candidates: readonly string[]): string | undefined {
  const digits = (text: string): string => text.replaceAll(/\D/g, "");
  return nearest(
    email,
    candidates.filter((one) => digits(one) === digits(email)),
  );
}
