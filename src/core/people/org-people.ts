import type { TokenUser } from "../kind/resource-change.js";

/** A user who was deactivated or deleted in the directory. */
export interface DepartedUser {
  readonly state: "inactive" | "deleted";
  readonly email?: string;
}

/** What a plan knows about people: the token's user, and the departed users among those that it names. */
export interface OrgPeople {
  readonly tokenUser: TokenUser;
  /** By user id. */
  readonly departed: ReadonlyMap<string, DepartedUser>;
}

/** Neither the token's user nor departed users are known. */
export const unknownPeople: OrgPeople = { tokenUser: undefined, departed: new Map() };

/** Returns the departed users of a plan by id. */
export function departedUsers(
  departed: Readonly<Record<string, DepartedUser["state"]>>,
): OrgPeople["departed"] {
  return new Map(Object.entries(departed).map(([id, state]) => [id, { state }]));
}
