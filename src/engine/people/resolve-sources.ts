import type { Api } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import type { NamedSource } from "../../api/directory/sources.js";
import { findSimilarName, findSources, readDirectReports, readMembers } from "../../api/directory/sources.js";
import { ApiError } from "../../api/errors.js";
import { sourceTypes, toSource } from "../../core/calls/reference.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { forEachBounded } from "../../core/for-each-bounded.js";
import { byCodeUnit } from "../../core/json/json.js";
import { ambiguousSource, unknownSource, unreadableSource } from "./people-problems.js";

/** Sources that are read at once; the client bounds the requests in flight in any case. */
const readsAtOnce = 10;

/** The most unknown sources that get a "Did you mean" hint, as each costs one or two requests. */
const mostHints = 10;

/** Sources with the users that they list, whatever their state. */
export interface SourceMembers {
  /** By reference: `group:Support`. */
  readonly members: ReadonlyMap<string, readonly DirectoryUser[]>;
  readonly problems: readonly Diagnostic[];
}

/** Reads the groups, teams, queues and skill groups among these references, each once. @throws the signal's reason when it aborts */
export async function readNamedSources(
  api: Api,
  references: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<SourceMembers> {
  const members = new Map<string, readonly DirectoryUser[]>();
  const problems: Diagnostic[] = [];
  const byType = new Map<NamedSource, string[]>();
  for (const reference of references) {
    const source = toSource(reference);
    if (source === undefined || source.type === "reportsOf") continue;
    byType.set(source.type, [...(byType.get(source.type) ?? []), source.name]);
  }
  const ids: (readonly [string, NamedSource, string])[] = [];
  const unknown: (readonly [NamedSource, string])[] = [];
  await forEachBounded([...byType], sourceTypes.length, signal, async ([type, names]) => {
    try {
      for (const [name, found] of await findSources(api, type, names, signal)) {
        const [id] = found;
        if (id === undefined) unknown.push([type, name]);
        else if (found.length === 1) ids.push([`${type}:${name}`, type, id]);
        else problems.push(ambiguousSource(`${type}:${name}`, { type, name }, found.length));
      }
    } catch (error) {
      for (const name of names) problems.push(toProblem(`${type}:${name}`, error));
    }
  });
  await forEachBounded(ids, readsAtOnce, signal, async ([reference, type, id]) => {
    try {
      members.set(reference, await readMembers(api, type, id, signal));
    } catch (error) {
      problems.push(toProblem(reference, error));
    }
  });
  await forEachBounded(unknown, readsAtOnce, signal, async ([type, name]) => {
    const similar = unknown.length > mostHints ? undefined : await findSimilarName(api, type, name, signal);
    problems.push(unknownSource(`${type}:${name}`, { type, name }, similar));
  });
  return { members, problems: sorted(problems) };
}

/** Reads the direct reports of managers. @param managers user ids by reference: `reportsOf:jane@example.com` */
export async function readReports(
  api: Api,
  managers: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<SourceMembers> {
  const members = new Map<string, readonly DirectoryUser[]>();
  const problems: Diagnostic[] = [];
  await forEachBounded([...managers], readsAtOnce, signal, async ([reference, id]) => {
    try {
      members.set(reference, await readDirectReports(api, id, signal));
    } catch (error) {
      problems.push(toProblem(reference, error));
    }
  });
  return { members, problems: sorted(problems) };
}

/** Returns the problem of a source that could not be read. @throws an error that is not about the source */
function toProblem(reference: string, error: unknown): Diagnostic {
  if (!(error instanceof ApiError) || error.failure.credentialsEnded === true) throw error;
  return unreadableSource(reference, error);
}

/** Sorts by reference: sources are read at the same time. */
function sorted(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...problems].sort((a, b) => byCodeUnit(a.reference ?? "", b.reference ?? ""));
}
