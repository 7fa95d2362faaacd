import type { Diagnostic } from "../diagnostic.js";
import { isArray } from "../json/json.js";
import type { Json, JsonObject } from "../json/json.js";
import { tokens, valueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { ResolvedResource } from "../kind/resource.js";
import { groupBy } from "../multimap.js";
import { shellWord } from "../shell-word.js";
import type { EntryKey } from "../people/people-lists.js";
import { entryReference, entryText, isSourceKey } from "../people/people-lists.js";
import type { RecordedResource } from "../state/state.js";
import { without } from "../state/state.js";
import type { PlannerContext } from "../plan/planner-input.js";

/** Returns a problem for each source that gives nobody, if people are removed because of that. */
export function emptySourceProblems(
  { options }: PlannerContext,
  kind: Kind,
  { address, lists = {} }: ResolvedResource,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
  recorded: RecordedResource | undefined,
): readonly Diagnostic[] {
  return kind.live.users.flatMap((path) => {
    const entries = lists[path] ?? {};
    const empty = Object.keys(entries).filter((key) => isSourceKey(key) && entries[key]?.length === 0);
    if (empty.length === 0) return [];
    const removed = without(listAt(before, path), listAt(after, path));
    const then = recorded?.lists?.[path];
    const givesNobody = Object.values(entries).every((ids) => ids.length === 0);
    return empty.flatMap((key) => {
      // For a new source, only an empty list counts: it is unknown which entry the source replaces.
      const gave = then === undefined ? removed : (then[key] ?? (givesNobody ? removed : []));
      const lost = removed.filter((id) => gave.includes(id)).length;
      if (lost === 0 || isAllowed(key, options.allowedEmptySources)) return [];
      return [
        problem(
          key,
          `${people(lost)} would be removed from the ${tokens(path).join(".")} of ${address}.`,
          address,
        ),
      ];
    });
  });
}

/** Returns a problem for each source in `userSettings` of which every user would be forgotten. */
export function emptySettingsProblems({
  options,
  orphans,
  shared = [],
}: PlannerContext): readonly Diagnostic[] {
  const origin = (from: RecordedResource["from"]): string => JSON.stringify([from?.entry, from?.source]);
  const forgotten = groupBy(
    orphans.filter(({ recorded: { from } }) => from !== undefined && isSourceKey(from.source)),
    ({ recorded: { from } }) => origin(from),
  );
  return [...forgotten].flatMap(([, [first, ...others]]) => {
    const from = first?.recorded.from;
    if (from === undefined) return [];
    // A user counts only for the first source that gives them: another one may have members too, and none of its own.
    const gives = shared.find(({ declaration }) => declaration.entry === from.entry)?.entries[from.source];
    if (gives?.length !== 0 || isAllowed(from.source, options.allowedEmptySources)) return [];
    const text = `The settings of ${people(others.length + 1)} in ${from.entry} would be removed from the state.`;
    return [problem(from.source, text, first?.address)];
  });
}

function listAt(attributes: JsonObject, path: string): readonly Json[] {
  const value = valueAt(attributes, path);
  return isArray(value) ? value : [];
}

function people(count: number): string {
  return count === 1 ? "1 user" : `${count} users`;
}

/** @param allowed `group:Support`, or only the name */
function isAllowed(key: EntryKey, allowed: readonly string[] = []): boolean {
  const reference = entryReference(key);
  return allowed.includes(reference) || allowed.includes(reference.slice(reference.indexOf(":") + 1));
}

function problem(key: EntryKey, consequence: string, address: string | undefined): Diagnostic {
  return {
    severity: "error",
    code: "empty-source",
    summary: "Empty source",
    detail: `The ${entryText(key)} has no active members here. ${consequence}`,
    help: `Check the source. If this is intended: chatform apply --allow-empty-source ${shellWord(entryReference(key))}`,
    reference: entryReference(key),
    ...(address === undefined ? {} : { address }),
  };
}
