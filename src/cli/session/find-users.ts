import type { Api } from "../../api/api.js";
import type { State } from "../../core/state/state.js";
import { readDirectory } from "../../engine/people/read-directory.js";
import { getRecordedUsers } from "../../engine/people/recorded-entries.js";
import { UsageError } from "../parse/usage-error.js";

/**
 * Finds the users whom e-mails on the command line name: active ones; where nobody has an e-mail, those whom the state or the directory
 * knows by it, also departed and renamed ones.
 *
 * @returns ids by e-mail in lower case
 * @throws UsageError for an e-mail that nobody has or had, or that several active users have
 */
export async function findUsers(
  api: Api,
  names: readonly string[],
  state: State | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const emails = new Map(names.map((name) => [name.toLowerCase(), new Set([name])]));
  const recorded = getRecordedUsers(state);
  const references = { emails, sources: new Set<string>(), ids: new Set<string>() };
  const { owners } = await readDirectory({ api, signal, onEvent: () => undefined }, references, recorded);
  const ids = [...owners].map(([email, owner]) => {
    if (owner.type === "ambiguous")
      throw new UsageError(
        `Several users have the e-mail ${email}. Give the id of one: ${owner.ids.join(", ")}.`,
      );
    const id = owner.type === "known" ? owner.id : recorded[email];
    if (id === undefined) throw new UsageError(`Genesys Cloud has no user with the e-mail ${email}.`);
    return [email, id] as const;
  });
  return new Map(ids);
}
