import type { Api } from "../../../api/api.js";
import { readOnly } from "../../../api/read-only.js";
import { userId } from "../../../core/calls/reference.js";
import type { Resource } from "../../../core/kind/resource.js";
import type { DepartedUser } from "../../../core/people/org-people.js";
import { entryKey } from "../../../core/people/people-lists.js";
import type { State } from "../../../core/state/state.js";
import type { OnEvent } from "../../../engine/events.js";
import { resolvePeople } from "../../../engine/people/resolve-people.js";
import { kinds } from "../../../resources/index.js";

/** A departed user, as the directory shows them. */
export interface DepartedPerson extends DepartedUser {
  readonly id: string;
}

/** The people of a config who are not active, by e-mail or id in lower case. */
export interface DepartedPeople {
  readonly departed: ReadonlyMap<string, DepartedPerson>;
  /** Those whom the directory shows in no state. */
  readonly unknown: ReadonlySet<string>;
}

export interface DepartedRequest {
  readonly api: Api;
  /** E-mails and ids. */
  readonly people: readonly string[];
  readonly state: State | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Finds the departed users among people. Sends only reads. @throws ApiError */
export async function findDepartedPeople({
  api,
  people,
  ...request
}: DepartedRequest): Promise<DepartedPeople> {
  const kindsByName = new Map(kinds.map((kind) => [kind.name, kind]));
  const resources = [toRoom(people)];
  const found = await resolvePeople({
    api: readOnly(api),
    kinds: kindsByName,
    resources,
    refresh: true,
    ...request,
  });
  const ids = found.resources[0]?.lists?.["/participants"] ?? {};
  const departed = new Map<string, DepartedPerson>();
  const unknown = new Set<string>();
  const ambiguous = new Set(
    found.problems.flatMap(({ code, reference }) => (code === "ambiguous-user" ? (reference ?? []) : [])),
  );
  for (const person of people) {
    const [id] = ids[entryKey(userId(person))] ?? [];
    const user = id === undefined ? undefined : found.departed.get(id);
    const isUnknown = id === undefined || found.users.get(id)?.state === "unknown";
    if (id !== undefined && user !== undefined) departed.set(person.toLowerCase(), { id, ...user });
    else if (isUnknown && !ambiguous.has(`user:${person.toLowerCase()}`)) unknown.add(person.toLowerCase());
  }
  return { departed, unknown };
}

/** Returns all people as the one list of a room: sources, which need more reads, are left out. */
function toRoom(people: readonly string[]): Resource {
  return {
    address: "rooms/people",
    kind: "rooms/*",
    attributes: { participants: people.map(userId) },
    pointer: "/rooms/people",
  };
}
