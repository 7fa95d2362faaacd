import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-pages.js";
import { groupMembers, hasUser, readUsers, resolveUsers } from "../../api/directory/directory.js";
import { ApiError } from "../../api/errors.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Json } from "../../core/json/json.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Id, Resolve } from "../../core/calls/reference.js";
import { isRef, refsIn, substitute } from "../../core/calls/reference.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { nearest } from "../../core/nearest.js";
import type { OnEvent } from "../events.js";

/** The most unknown users that get a "Did you mean" hint. */
const mostCompared = 20;

/** Resources with e-mails and groups replaced by ids. */
export interface ResolvedPeople {
  readonly resources: readonly Resource[];
  /** E-mails by user id. */
  readonly names: Readonly<Record<string, string>>;
  readonly findings: readonly JournalEntry[];
  /** Unknown and ambiguous people and groups. */
  readonly problems: readonly Diagnostic[];
}

export interface PeopleInput {
  readonly api: Api;
  readonly resources: readonly Resource[];
  readonly state: State | undefined;
  /** False: ids in the state are used without asking the service. */
  readonly refresh: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/**
 * Resolves the e-mails and groups in these resources, each once, in batches.
 *
 * @throws ApiError if a request fails
 */
export async function resolvePeople(input: PeopleInput): Promise<ResolvedPeople> {
  const { emails, groups } = referenced(input.resources);
  const remembered = input.state?.users ?? {};
  const missing = input.refresh ? emails : emails.filter((email) => remembered[email] === undefined);
  const problems: Diagnostic[] = [];
  const ids = new Map<string, string>(input.refresh ? [] : Object.entries(remembered));
  const found =
    missing.length === 0 ? new Map<string, readonly DirectoryUser[]>() : await resolveEmails(input, missing);
  const known = [...found].filter(([, users]) => users.length > 0).map(([email]) => email);
  // Each unknown e-mail is compared with all known ones: for thousands, that takes too long.
  const few = missing.length - known.length <= mostCompared;
  for (const email of missing) {
    const users = activeFirst(found.get(email) ?? []);
    const [user] = users;
    if (user !== undefined && users.length === 1) ids.set(email, user.id);
    else
      problems.push(user === undefined ? unknownUser(email, few ? known : []) : ambiguousUser(email, users));
  }
  const members = new Map<string, readonly string[]>();
  const memberNames: [string, string][] = [];
  for (const name of groups) {
    const result = await membersOf(input, name);
    if ("problem" in result) problems.push(result.problem);
    else {
      members.set(
        name,
        result.members.map(({ id }) => id),
      );
      for (const { id, email } of result.members) if (email !== undefined) memberNames.push([id, email]);
    }
  }
  const resolve = resolver(ids, members);
  const learned = Object.fromEntries(missing.flatMap((email) => entry(email, ids.get(email))));
  return {
    resources: input.resources.map((resource) => replaced(resource, resolve)),
    names: Object.fromEntries([
      ...memberNames,
      ...[...Object.entries(remembered), ...ids].map(([email, id]) => [id, email] as const),
    ]),
    findings: changedUsers(learned, remembered),
    problems,
  };
}

function entry(email: string, id: string | undefined): [string, string][] {
  return id === undefined ? [] : [[email, id]];
}

async function resolveEmails(
  { api, signal, onEvent }: PeopleInput,
  emails: readonly string[],
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  onEvent({ type: "phase", phase: "resolve", total: emails.length });
  return resolveUsers(api, emails, signal);
}

/** Returns the active users if there are any: departed users may have had the same e-mail. */
function activeFirst(users: readonly DirectoryUser[]): readonly DirectoryUser[] {
  const active = users.filter(({ state }) => state === undefined || state === "active");
  return active.length > 0 ? active : users;
}

async function membersOf(
  { api, signal }: PeopleInput,
  name: string,
): Promise<{ readonly members: readonly DirectoryUser[] } | { readonly problem: Diagnostic }> {
  const found = await groupMembers(api, name, signal);
  if (found.groups.length === 1) return { members: found.members };
  const none = found.groups.length === 0;
  const problem: Diagnostic = {
    severity: "error",
    reference: `group:${name}`,
    code: none ? "unknown-group" : "ambiguous-group",
    summary: none ? "Unknown group" : "Ambiguous group",
    detail: none
      ? `Genesys Cloud has no group named "${name}" that these credentials can see.`
      : `${found.groups.length} groups are named "${name}".`,
    help: none ? "Check the name. It must match exactly." : "Rename the group, or list its members.",
  };
  return { problem };
}

function referenced(resources: readonly Resource[]): {
  emails: readonly string[];
  groups: readonly string[];
} {
  const refs = new Set<string>();
  for (const { attributes, id, container } of resources) {
    for (const { $ref } of refsIn([attributes, id ?? null, container ?? null])) refs.add($ref);
  }
  const named = (prefix: string): readonly string[] =>
    [...refs]
      .filter((ref) => ref.startsWith(prefix))
      .map((ref) => ref.slice(prefix.length))
      .sort(byCodeUnit);
  return { emails: named("user:"), groups: named("group:") };
}

function resolver(
  ids: ReadonlyMap<string, string>,
  members: ReadonlyMap<string, readonly string[]>,
): Resolve {
  const known = new Map<string, Json>();
  for (const [email, id] of ids) known.set(`user:${email}`, id);
  for (const [name, users] of members) known.set(`group:${name}`, users);
  return ({ $ref }) => known.get($ref);
}

function replaced(resource: Resource, resolve: Resolve): Resource {
  const { id, container } = resource;
  const attributes = substitute(resource.attributes, resolve);
  if (!isRef(id) && !isRef(container) && attributes === resource.attributes) return resource;
  return {
    ...resource,
    ...(isRef(id) ? { id: substitute<Id>(id, resolve) } : {}),
    ...(isRef(container) ? { container: substitute<Id>(container, resolve) } : {}),
    attributes,
  };
}

function changedUsers(
  learned: Readonly<Record<string, string>>,
  remembered: Readonly<Record<string, string>>,
): readonly JournalEntry[] {
  const users = Object.fromEntries(Object.entries(learned).filter(([email, id]) => remembered[email] !== id));
  return Object.keys(users).length === 0 ? [] : [{ type: "users", users }];
}

function unknownUser(email: string, known: readonly string[]): Diagnostic {
  const close = nearest(email, known);
  return {
    severity: "error",
    reference: `user:${email}`,
    code: "unknown-user",
    summary: "Unknown user",
    detail: `Genesys Cloud has no user with the e-mail ${email} that these credentials can see.`,
    help: close === undefined ? "Check the e-mail and the org of the credentials." : `Did you mean ${close}?`,
  };
}

function ambiguousUser(email: string, users: readonly DirectoryUser[]): Diagnostic {
  return {
    severity: "error",
    reference: `user:${email}`,
    code: "ambiguous-user",
    summary: "Ambiguous user",
    detail: `${users.length} users have the e-mail ${email}: ${users.map(({ id }) => id).join(", ")}.`,
    help: "Write the id of the user instead of the e-mail.",
  };
}

/**
 * Reads the e-mails of users, for display only: if the request fails, no names are returned.
 *
 * @returns e-mails by id, and the ids that the service did not find
 */
export async function readUserNames(
  api: Api,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly names: Readonly<Record<string, string>>; readonly missing: readonly string[] }> {
  if (ids.length === 0) return { names: {}, missing: [] };
  try {
    const users = await readUsers(api, ids, signal);
    const found = new Set(users.map(({ id }) => id));
    return {
      names: Object.fromEntries(users.flatMap(({ id, email }) => (email === undefined ? [] : [[id, email]]))),
      missing: ids.filter((id) => !found.has(id)),
    };
  } catch (error) {
    if (error instanceof ApiError) return { names: {}, missing: [] };
    throw error;
  }
}

/**
 * Returns a problem for each id that belongs to no user. Each id is requested alone: a list may omit inactive users.
 *
 * @throws ApiError if a request fails
 */
export async function findUnknownIds(
  api: Api,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const id of ids) if (!(await hasUser(api, id, signal))) problems.push(unknownId(id));
  return problems;
}

function unknownId(id: string): Diagnostic {
  return {
    severity: "error",
    reference: `user:${id}`,
    code: "unknown-user",
    summary: "Unknown user",
    detail: `Genesys Cloud has no user with the id ${id}.`,
    help: "Check the id, and the org of the credentials.",
  };
}
