import type { Api } from "../../api/api.js";
import type { Address } from "../../core/address.js";
import { isUserAddress } from "../../core/address.js";
import { isArray } from "../../core/json/json.js";
import type { JsonObject } from "../../core/json/json.js";
import { valueAt } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { Resource } from "../../core/kind/resource.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import type { State } from "../../core/state/state.js";
import type { KnownUsers } from "./known-users.js";
import { getDeparted, readUserStates } from "./known-users.js";
import { getWithoutSettings } from "./vanished-users.js";

/** Resources with their live and recorded values. */
interface UserLists {
  readonly kinds: Kinds;
  readonly resources: readonly Resource[];
  readonly live: ReadonlyMap<Address, LiveValue>;
  readonly state: State | undefined;
}

/**
 * Reads the states of the users in live lists that are not known yet, in one batch.
 *
 * @throws ApiError
 */
export function readLiveUsers(
  api: Api,
  lists: UserLists,
  known: KnownUsers,
  signal?: AbortSignal,
): Promise<KnownUsers> {
  return readUserStates(api, liveIds(lists), known, signal);
}

function liveIds({ kinds, resources, live }: UserLists): readonly string[] {
  return resources.flatMap(({ address, kind, attributes }) => {
    const value = live.get(address);
    return value?.present === true ? listedIds(kinds, kind, value.attributes, attributes) : [];
  });
}

/** @param declared only its lists count: a read may show others */
function listedIds(
  kinds: Kinds,
  kind: string,
  attributes: JsonObject,
  declared = attributes,
): readonly string[] {
  return getKind(kinds, kind).live.users.flatMap((path) => {
    const list = valueAt(attributes, path);
    return isArray(list) && valueAt(declared, path) !== undefined
      ? list.filter((id) => typeof id === "string")
      : [];
  });
}

/**
 * Reads the states of the users to whom settings or 1:1 resources belong.
 *
 * @throws ApiError
 */
export function readOwners(
  api: Api,
  resources: readonly Resource[],
  known: KnownUsers,
  signal?: AbortSignal,
): Promise<KnownUsers> {
  const owners = resources
    .filter(({ address }) => isUserAddress(address))
    .flatMap(({ id, container }) => container ?? id ?? [])
    .filter((owner) => typeof owner === "string");
  return readUserStates(api, owners, known, signal);
}

/**
 * Returns the departed users. Undocumented: whether the directory shows deleted users forever. A live or recorded user whom it shows in
 * no state counts as deleted, and so does one without settings whose state it does not show.
 */
export function getDepartedUsers(users: KnownUsers, lists: UserLists): OrgPeople["departed"] {
  const unknown = [...users].flatMap(([id, { state }]) => (state === "unknown" ? [id] : []));
  const withoutSettings = getWithoutSettings(users, lists);
  if (unknown.length + withoutSettings.size === 0) return getDeparted(users);
  const recorded = Object.values(lists.state?.resources ?? {}).flatMap(({ kind, applied }) =>
    listedIds(lists.kinds, kind, applied),
  );
  const seen = new Set([...liveIds(lists), ...recorded]);
  const vanished = [...unknown.filter((id) => seen.has(id)), ...withoutSettings.values()];
  return new Map([...getDeparted(users), ...vanished.map((id) => [id, { state: "deleted" }] as const)]);
}
