import type { Api } from "../../api/api.js";
import { isNotFound } from "../../api/directory/directory-user.js";
import { ApiError } from "../../api/errors.js";
import type { Address } from "../../core/address.js";
import { isUserAddress } from "../../core/address.js";
import { forEachBounded } from "../../core/for-each-bounded.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Finding } from "../../core/plan/change.js";
import type { KnownUser, KnownUsers } from "./known-users.js";

/*
 * Undocumented: whether the directory shows the state of users. Where it does not, everybody has chat settings who has not departed.
 */

/** Resources with their live values. */
interface ReadResources {
  readonly kinds: Kinds;
  readonly resources: readonly Resource[];
  readonly live: ReadonlyMap<Address, LiveValue>;
}

/** Requests at once; the client bounds the requests in flight in any case. */
const readsAtOnce = 10;

/**
 * Decides about users whom a search for their e-mail does not find: those whom the directory shows no more, and those without chat
 * settings, count as deleted. A failed read decides nothing.
 *
 * @returns the known users and these
 * @throws ApiError if the credentials stopped working
 */
export async function findVanished(
  api: Api,
  ids: readonly string[],
  users: KnownUsers,
  signal: AbortSignal | undefined,
): Promise<KnownUsers> {
  const vanished = new Map<string, KnownUser>();
  await forEachBounded(ids, readsAtOnce, signal, async (id) => {
    const user = users.get(id);
    if (user?.state === "unknown" || !(await hasSettings(api, id, signal)))
      vanished.set(id, { ...user, state: "deleted", isAssumed: true });
  });
  return vanished.size === 0 ? users : new Map([...users, ...vanished]);
}

async function hasSettings(api: Api, userId: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await api.call({ operation: "getChatsUserSettings", params: { userId } }, signal);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    if (!(error instanceof ApiError) || error.failure.credentialsEnded === true) throw error;
    return true;
  }
}

/** Returns the users without settings whose state the directory does not show, by the address of the settings. */
export function getWithoutSettings(
  users: KnownUsers,
  { kinds, resources, live }: ReadResources,
): ReadonlyMap<Address, string> {
  if (users.size === 0) return new Map();
  return new Map(
    resources.flatMap(({ address, kind, id }) =>
      isUserAddress(address) &&
      getKind(kinds, kind).plan.restores &&
      live.get(address)?.present === false &&
      typeof id === "string" &&
      users.get(id)?.isAssumed === true
        ? [[address, id]]
        : [],
    ),
  );
}

/** Returns a finding about each of these users. */
export function findWithoutSettings(
  users: KnownUsers,
  read: ReadResources,
): ReadonlyMap<Address, readonly Finding[]> {
  return new Map(
    [...getWithoutSettings(users, read)].map(([address, user]) => {
      const text = `${users.get(user)?.email ?? user} has no chat settings (404, checked twice) and is left out: probably deactivated or deleted.`;
      return [address, [{ code: "departed-user", severity: "warning", text, user }]];
    }),
  );
}
