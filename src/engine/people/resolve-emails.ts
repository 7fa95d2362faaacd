import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import { listDepartedUsers } from "../../api/directory/users-by-id.js";
import type { KnownUser, KnownUsers } from "./known-users.js";
import { toKnownUser } from "./known-users.js";

/** The user that an e-mail names. */
export type EmailOwner =
  | {
      readonly type: "known";
      readonly id: string;
      /** The e-mail that the user has now, if it is another. */
      readonly newEmail?: string;
      /** The e-mail of the user, if the config names the login name. */
      readonly emailOfLogin?: string;
      /** The id that the state records for the e-mail, if it is another user's. */
      readonly formerId?: string;
    }
  | { readonly type: "ambiguous"; readonly ids: readonly string[] }
  | { readonly type: "unknown" };

/**
 * Decides who has an e-mail: an active user with it; else the user whom the state records, also under another e-mail or departed; else a
 * departed user who has it; else the user whom the state records, if the directory shows no such user any more.
 *
 * @param found the users whom the search has shown for the e-mail
 * @param recorded the id that the state records for the e-mail
 */
export function findOwner(
  email: string,
  found: readonly string[],
  recorded: string | undefined,
  users: KnownUsers,
): EmailOwner {
  const active = found.filter((id) => users.get(id)?.state === "active");
  const [only] = active;
  if (active.length > 1) return { type: "ambiguous", ids: active };
  if (only !== undefined)
    return {
      type: "known",
      id: only,
      ...(recorded === undefined || recorded === only ? {} : { formerId: recorded }),
      ...otherEmail(email, users.get(only)),
    };
  const now = recorded === undefined ? undefined : users.get(recorded);
  if (recorded !== undefined && now !== undefined && now.state !== "unknown") {
    return { type: "known", id: recorded, ...otherEmail(email, now) };
  }
  // Several departed users may have had the e-mail. A deactivated one keeps it.
  const [departed] = [...found].sort((a, b) => rank(a, users) - rank(b, users));
  const id = departed ?? (now === undefined ? undefined : recorded);
  return id === undefined ? { type: "unknown" } : { type: "known", id };
}

/** Returns the e-mail of an active user whom the config names by another one: a former e-mail, or the login name. */
function otherEmail(
  written: string,
  user: KnownUser | undefined,
): Pick<Extract<EmailOwner, { type: "known" }>, "newEmail" | "emailOfLogin"> {
  const { state, email, loginName } = user ?? {};
  if (state !== "active" || email === undefined || email === written) return {};
  return loginName === written ? { emailOfLogin: email } : { newEmail: email };
}

function rank(id: string, users: KnownUsers): number {
  return users.get(id)?.state === "inactive" ? 0 : 1;
}

/** Returns the ids whose state decides who has an e-mail, and is not known yet. */
export function getUndecided(
  found: ReadonlyMap<string, readonly DirectoryUser[]>,
  recorded: Readonly<Record<string, string>>,
): readonly string[] {
  return [...found].flatMap(([email, users]) => {
    const before = recorded[email];
    const isDecided = before === undefined || users.some(({ id }) => id === before);
    return [
      ...users.filter(({ state }) => state === undefined).map(({ id }) => id),
      ...(isDecided ? [] : [before]),
    ];
  });
}

/**
 * Finds departed users who had an e-mail, in the lists of all inactive and all deleted users: only for e-mails that nothing else
 * knows.
 *
 * @throws ApiError
 */
export async function findDeparted(
  api: Api,
  emails: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readonly found: ReadonlyMap<string, readonly string[]>; readonly users: KnownUsers }> {
  const found = new Map<string, string[]>();
  const users = new Map<string, ReturnType<typeof toKnownUser>>();
  for (const state of ["inactive", "deleted"] as const) {
    const missing = new Set(emails.filter((email) => !found.has(email)));
    if (missing.size === 0) break;
    for (const user of await listDepartedUsers(api, state, signal)) {
      const email = user.email?.toLowerCase() ?? "";
      if (!missing.has(email)) continue;
      found.set(email, [...(found.get(email) ?? []), user.id]);
      users.set(user.id, toKnownUser(user));
    }
  }
  return { found, users };
}
