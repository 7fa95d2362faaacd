import type { Id } from "../calls/reference.js";
import type { Json } from "../json/json.js";
import type { TokenUser } from "../kind/resource-change.js";

/** A user who was deactivated or deleted in the directory. */
export interface DepartedUser {
  readonly state: "inactive" | "deleted";
  readonly email?: string;
}

/** The people that a plan knows about: the token's user, and the departed users among those that it names. */
export interface OrgPeople {
  readonly tokenUser: TokenUser;
  /** By user id. */
  readonly departed: ReadonlyMap<string, DepartedUser>;
  /** E-mails by user id, for texts. Missing: none. */
  readonly people?: Readonly<Record<string, string>>;
}

/** Neither the token's user nor departed users are known. */
export const unknownPeople: OrgPeople = { tokenUser: undefined, departed: new Map() };

type Departed = Pick<OrgPeople, "departed">;

export function isDeparted(id: Json | Id | undefined, { departed }: Departed): boolean {
  return typeof id === "string" && departed.has(id);
}

/** Returns a list of people without the departed ones. */
export function withoutDeparted(list: readonly Json[], people: Departed): readonly Json[] {
  return people.departed.size === 0 ? list : list.filter((id) => !isDeparted(id, people));
}

/** Returns the departed user whose settings or 1on1 a resource belongs to. */
export function departedOwner(
  { id, container }: { readonly id?: Id | undefined; readonly container?: Id | undefined },
  people: Departed,
): string | undefined {
  // Hot path: most runs know no departed user.
  if (people.departed.size === 0) return undefined;
  return [id, container].find((one): one is string => isDeparted(one, people));
}

/** Returns a user as people read it: the e-mail, or the id where the e-mail is unknown. */
export function userName(
  id: string,
  { departed, people = {} }: Pick<OrgPeople, "departed" | "people">,
): string {
  return people[id] ?? departed.get(id)?.email ?? id;
}

/** Returns the departed users of a plan by id. */
export function departedUsers(
  departed: Readonly<Record<string, DepartedUser["state"]>>,
): OrgPeople["departed"] {
  return new Map(Object.entries(departed).map(([id, state]) => [id, { state }]));
}
