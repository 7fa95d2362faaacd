import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import { readUsersById } from "../../api/directory/users-by-id.js";
import { ApiError } from "../../api/errors.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { toDictionary } from "../../core/json/json-object.js";
import type { DepartedUser, OrgPeople } from "../../core/people/org-people.js";

/** The facts about a user that the directory has shown in this run. */
export interface KnownUser {
  /** `unknown`: the directory shows no such user, in no state. */
  readonly state: "active" | "inactive" | "deleted" | "unknown";
  /** The directory shows the user without a state. */
  readonly isAssumed?: true;
  /** In lower case. */
  readonly email?: string;
  /** The login name in lower case, if it is not the e-mail. */
  readonly loginName?: string;
}

/** Users whose state is known, by id. */
export type KnownUsers = ReadonlyMap<string, KnownUser>;

/** Returns the facts about a user. A user that the directory shows without a state is assumed to be active. */
export function toKnownUser({ state, email, username }: DirectoryUser): KnownUser {
  const loginName = username?.toLowerCase();
  return {
    state: state === "inactive" || state === "deleted" ? state : "active",
    ...(state === undefined ? { isAssumed: true } : {}),
    ...(email === undefined ? {} : { email: email.toLowerCase() }),
    ...(loginName === undefined || loginName === email?.toLowerCase() ? {} : { loginName }),
  };
}

/**
 * Reads the states of users that are not known yet: live participants that nobody declares, for instance. Nothing is requested twice.
 * The others count as active if the credentials may not read users at all.
 *
 * @param known the users of `ResolvedPeople.users`, or of an earlier call
 * @returns the known users and these
 * @throws ApiError
 */
export async function readUserStates(
  api: Api,
  ids: readonly string[],
  known: KnownUsers,
  signal?: AbortSignal,
): Promise<KnownUsers> {
  try {
    return await needUserStates(api, ids, known, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.failure.status !== 403) throw error;
    return new Map([...ids.map((id) => [canonicalUserId(id), { state: "active" }] as const), ...known]);
  }
}

/** Reads the states of users like `readUserStates`, where nothing may be taken for granted. @throws ApiError also if the credentials may not read users */
export async function needUserStates(
  api: Api,
  ids: readonly string[],
  known: KnownUsers,
  signal?: AbortSignal,
): Promise<KnownUsers> {
  const missing = [...new Set(ids.map(canonicalUserId))].filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const found = await readUsersById(api, missing, signal);
  return new Map([...known, ...missing.map((id) => [id, factsAbout(found.get(id))] as const)]);
}

function factsAbout(user: DirectoryUser | undefined): KnownUser {
  return user === undefined ? { state: "unknown" } : toKnownUser(user);
}

/** Returns the departed ones among known users. */
export function getDeparted(users: KnownUsers): OrgPeople["departed"] {
  const departed = new Map<string, DepartedUser>();
  for (const [id, { state, email }] of users)
    if (state === "inactive" || state === "deleted")
      departed.set(id, email === undefined ? { state } : { state, email });
  return departed;
}

/**
 * Returns e-mails by user id, for people to read. Users who have one e-mail together, as somebody who was deleted and created anew, have
 * none here: they are shown by id.
 */
export function toNames(
  emails: Iterable<readonly [id: string, email: string]>,
): Readonly<Record<string, string>> {
  const names = new Map(emails);
  const counts = new Map<string, number>();
  for (const email of names.values()) counts.set(email, (counts.get(email) ?? 0) + 1);
  return toDictionary([...names].filter(([, email]) => counts.get(email) === 1));
}

/** Returns the e-mails of known users, by id. */
export function getEmails(users: KnownUsers): readonly (readonly [id: string, email: string])[] {
  return [...users].flatMap(([id, { email }]) => (email === undefined ? [] : [[id, email] as const]));
}
