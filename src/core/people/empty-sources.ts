import { refsIn, toSource } from "../calls/reference.js";
import type { Diagnostic } from "../diagnostic.js";
import { isArray } from "../json/json.js";
import type { Json, JsonObject } from "../json/json.js";
import { tokens, valueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import { withoutDeparted } from "./org-people.js";
import { groupBy } from "../multimap.js";
import { nearest } from "../nearest.js";
import { shellWord } from "../shell-word.js";
import type { EntryKey } from "../people/people-lists.js";
import { emptyText, entryReference, isSourceKey } from "../people/people-lists.js";
import type { RecordedResource } from "../state/state.js";
import { without } from "../state/state.js";
import type { SharedDeclaration } from "./shared-declaration.js";
import { originSources } from "./shared-declaration.js";
import type { PlannerContext } from "../plan/planner-input.js";

/** Returns a problem for each source that gives nobody, if people who have not departed are removed because of that. */
export function emptySourceProblems(
  { options, departed, sources, people: emails }: PlannerContext,
  kind: Kind,
  { address, lists = {} }: ResolvedResource,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
  recorded: RecordedResource | undefined,
): readonly Diagnostic[] {
  return kind.live.users.flatMap((path) => {
    const entries = lists[path] ?? {};
    const empty = Object.keys(entries).filter((key) => isSourceKey(key) && entries[key]?.length === 0);
    if (empty.length === 0) return [];
    const removed = withoutDeparted(without(listAt(before, path), listAt(after, path)), { departed });
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
          emptyText(key, sources, emails),
          `${people(lost)} would be removed from the ${tokens(path).join(".")} of ${address}.`,
          address,
        ),
      ];
    });
  });
}

/** Returns a problem for each source in `userSettings` that gives nobody, if the settings of its users would be forgotten. */
export function emptySettingsProblems({
  options,
  orphans,
  departed,
  sources,
  people: emails,
  shared = [],
}: PlannerContext): readonly Diagnostic[] {
  const entries = new Map(shared.map((one) => [one.declaration.entry, one.entries]));
  const forgotten = orphans.flatMap(({ address, recorded: { id, from } }) =>
    from === undefined || departed.has(id)
      ? []
      : originSources(from)
          .filter((source) => isSourceKey(source) && entries.get(from.entry)?.[source]?.length === 0)
          .map((source) => ({ entry: from.entry, source, address })),
  );
  const bySource = groupBy(forgotten, ({ entry, source }) => JSON.stringify([entry, source]));
  return [...bySource.values()].flatMap((users) => {
    const [first] = users;
    if (first === undefined || isAllowed(first.source, options.allowedEmptySources)) return [];
    const text = `The settings of ${people(users.length)} in ${first.entry} would be removed from the state.`;
    return [problem(first.source, emptyText(first.source, sources, emails), text, first.address)];
  });
}

/**
 * Returns a problem for each name of `--allow-empty-source` that no source of the config has: a typing error must not go unnoticed.
 *
 * @param allowed `group:Support`, or only the name
 */
export function findUnmatchedSources(
  allowed: readonly string[],
  { resources, shared }: Declared,
): readonly Diagnostic[] {
  if (allowed.length === 0) return [];
  const members = shared.map((one) => [...one.members, ...one.except]);
  const references = [...resources.map(({ attributes }) => attributes), ...members]
    .flatMap(refsIn)
    .map(({ $ref }) => $ref)
    .filter((reference) => toSource(reference) !== undefined);
  const byName = new Map(
    references.flatMap((reference) => names(reference).map((name) => [name, reference])),
  );
  return allowed
    .filter((name) => !byName.has(name))
    .map((name) => {
      const close = nearest(toSource(name)?.name ?? name, byName.keys());
      return {
        severity: "error",
        code: "unmatched-source",
        summary: "--allow-empty-source matches nothing",
        detail: `No source in the config matches "${name}".`,
        help:
          close === undefined
            ? "Give the source as the config names it: group:Support, or only Support."
            : `Did you mean ${byName.get(close) ?? close}?`,
      };
    });
}

/** The resources of a config, and its blocks for many users. */
interface Declared {
  readonly resources: readonly Resource[];
  readonly shared: readonly SharedDeclaration[];
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
  return names(entryReference(key)).some((name) => allowed.includes(name));
}

/** Returns the names of a source for `--allow-empty-source`: `group:Support` and `Support`. */
function names(reference: string): readonly string[] {
  return [reference, toSource(reference)?.name ?? reference];
}

function problem(key: EntryKey, fact: string, consequence: string, address: string | undefined): Diagnostic {
  return {
    severity: "error",
    code: "empty-source",
    summary: "Empty source",
    detail: `${fact.replace(/^[at](?=(?:he|ll) )/, (first) => first.toUpperCase())} here. ${consequence}`,
    help: `Check the source. If this is intended: chatform apply --allow-empty-source ${shellWord(entryReference(key))}`,
    reference: entryReference(key),
    ...(address === undefined ? {} : { address }),
  };
}
