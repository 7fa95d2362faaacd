import type { Api } from "../../api/api.js";
import { isUserAddress } from "../../core/address.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { isArray } from "../../core/json/json.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Plan } from "../../core/plan/plan.js";
import { throwDiagnostics } from "../refresh/read-failed.js";
import type { KnownUsers } from "./known-users.js";
import { readUserStates } from "./known-users.js";
import { unknownId } from "./people-problems.js";

/** Returns the names of all users in a plan. @throws DiagnosticsError for added users that do not exist */
export async function getPlanPeople(
  api: Api,
  kinds: Kinds,
  { people, changes }: Plan,
  known: KnownUsers,
  signal: AbortSignal | undefined,
): Promise<Plan["people"]> {
  const shown = new Set<string>();
  const added = new Set<string>();
  for (const { address, kind, action, attributes, calls } of changes) {
    // Undocumented: whether the chat of an unknown user looks like one without messages.
    const recipients =
      action === "create" || isUserAddress(address) ? calls.map(({ params }) => params["userId"]) : [];
    for (const id of idsIn(recipients)) added.add(id);
    const paths = getKind(kinds, kind).live.users;
    for (const { path, before, after } of attributes) {
      if (!paths.includes(path)) continue;
      for (const id of idsIn(before)) shown.add(id);
      for (const id of idsIn(after)) (shown.has(id) ? shown : added).add(id);
    }
  }
  const unnamed = [...new Set([...shown, ...added])].filter((id) => people[id] === undefined);
  if (unnamed.length === 0) return people;
  const users = await throwDiagnostics(readUserStates(api, unnamed, known, signal));
  const unknown = unnamed.filter((id) => added.has(id) && users.get(id)?.state === "unknown");
  if (unknown.length > 0) throw new DiagnosticsError(unknown.map((id) => unknownId(id)));
  const emails = unnamed.map(canonicalUserId).flatMap((id) => {
    const email = users.get(id)?.email;
    return email === undefined ? [] : [[id, email] as const];
  });
  return { ...people, ...Object.fromEntries(emails) };
}

function idsIn(value: unknown): readonly string[] {
  return isArray(value) ? value.filter((id) => typeof id === "string") : [];
}
