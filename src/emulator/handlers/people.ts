import type { JsonObject } from "../../core/json/json.js";
import type { OperationCall } from "../handler.js";
import { entityRef } from "../handler.js";
import type { User } from "../org/users.js";

/** Returns a user in the form of the API. */
export function showUser({ variants }: OperationCall<unknown>, user: User): JsonObject {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    ...(variants.userStates === "shown" && { state: user.state }),
    username: user.username ?? user.email,
    ...(user.manager !== undefined && { manager: entityRef("users", user.manager) }),
    chat: { jabberId: user.jabberId },
    selfUri: `/api/v2/users/${user.id}`,
  };
}

/** The members of a source, as its listing pages through them. */
export interface Listed {
  /** The users on the pages, and in `total`. */
  readonly users: readonly User[];
  /** Returns those users of a page who are shown. */
  readonly shown: (page: readonly User[]) => readonly User[];
}

/** Returns the members of a source that its listing counts and shows, according to the variants. */
export function listed(call: OperationCall<unknown>, users: readonly User[]): Listed {
  const { inactiveMembers, deletedMembers, totals } = call.variants;
  const isHidden: Readonly<Record<User["state"], boolean>> = {
    active: false,
    inactive: inactiveMembers === "omit",
    deleted: deletedMembers === "omit",
  };
  const shown = (page: readonly User[]): readonly User[] => page.filter(({ state }) => !isHidden[state]);
  return { users: totals === "all" ? users : shown(users), shown };
}

/** Returns the users with these ids. */
export function usersById(call: OperationCall<unknown>, ids: readonly string[]): readonly User[] {
  return ids.flatMap((id) => call.org.users.get(id) ?? []);
}
