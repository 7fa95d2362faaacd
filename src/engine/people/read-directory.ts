import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import { findLoginNames, resolveUsers } from "../../api/directory/directory.js";
import { canonicalUserId, toSource } from "../../core/calls/reference.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { inTurns, mapInSteps, nextTurn } from "../../core/time/turns.js";
import type { OnEvent } from "../events.js";
import type { KnownUsers } from "./known-users.js";
import { needUserStates, readUserStates, toKnownUser } from "./known-users.js";
import { findVanished } from "./vanished-users.js";
import type { PeopleReferences } from "./people-references.js";
import type { EmailOwner } from "./resolve-emails.js";
import { findDeparted, findOwner, getUndecided } from "./resolve-emails.js";
import { readNamedSources, readReports } from "./resolve-sources.js";

export interface DirectoryInput {
  readonly api: Api;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/** The facts about people and sources in the directory. */
export interface DirectoryFacts {
  readonly owners: ReadonlyMap<string, EmailOwner>;
  readonly users: KnownUsers;
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads the users that e-mails, ids and sources name, and their states.
 *
 * @param remembered ids by e-mail, as the state records them
 * @throws ApiError if a request about users fails; a source that cannot be read is a problem
 */
export async function readDirectory(
  { api, signal, onEvent }: DirectoryInput,
  { emails, sources, ids }: Pick<PeopleReferences, "emails" | "sources" | "ids">,
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
  await nextTurn(signal);
  const needed = [...getUndecided(found, remembered), ...unstated(named.members)];
  const readStates = needed.length > 0 ? needUserStates : readUserStates;
  users = await readStates(api, [...ids, ...needed], users, signal);
  const stated = users;
  const finding = mapInSteps([...found], ([email, candidates]) => {
    const ids = candidates.map(({ id }) => id);
    return [email, findOwner(email, ids, remembered[email], stated)] as const;
  });
  const owners = new Map(await inTurns(finding, signal));
  const spellings = unknownEmails(owners).flatMap((email) => [...(emails.get(email) ?? [])]);
  const byLogin = await findLoginNames(api, spellings, signal);
  users = withStates(users, [...byLogin.values()].flat());
  users = await needUserStates(api, unstated(byLogin), users, signal);
  for (const [name, candidates] of byLogin) {
    const ids = candidates.map(({ id }) => id);
    owners.set(name, findOwner(name, ids, undefined, users));
  }
  const departed = await findDeparted(api, unknownEmails(owners), signal);
  users = new Map([...departed.users, ...users]);
  for (const [email, candidates] of departed.found)
    owners.set(email, findOwner(email, candidates, undefined, users));

  await nextTurn(signal);
  users = await findVanished(api, getHidden(owners, found, users), users, signal);

  const reports = await readReports(api, getManagers(sources, owners), signal);
  users = withStates(users, [...reports.members.values()].flat());
  users = await needUserStates(api, unstated(reports.members), users, signal);
  const members = [...named.members, ...reports.members].map(
    ([reference, list]) => [reference, activeIds(list, users)] as const,
  );
  return { owners, users, sources: new Map(members), problems: [...named.problems, ...reports.problems] };
}

function unknownEmails(owners: ReadonlyMap<string, EmailOwner>): readonly string[] {
  return [...owners].flatMap(([email, { type }]) => (type === "unknown" ? email : []));
}

/** Returns the users whom the directory shows in no state, and those without one whom a search for their e-mail does not find. */
function getHidden(
  owners: ReadonlyMap<string, EmailOwner>,
  found: ReadonlyMap<string, readonly DirectoryUser[]>,
  users: KnownUsers,
): readonly string[] {
  return [...owners].flatMap(([email, owner]) => {
    // A user with another e-mail is not expected to be found.
    if (owner.type !== "known" || (owner.newEmail ?? owner.emailOfLogin) !== undefined) return [];
    const isFound = found.get(email)?.some(({ id }) => id === owner.id) === true;
    const { state, isAssumed } = users.get(owner.id) ?? {};
    return state === "unknown" || (isAssumed === true && !isFound) ? owner.id : [];
  });
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
