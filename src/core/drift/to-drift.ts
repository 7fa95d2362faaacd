import { createPatch } from "../diff/diff-attributes.js";
import { normalizeSets } from "../diff/compare.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { valueAt, withValueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { ResolvedResource } from "../kind/resource.js";
import type { Because } from "../plan/because.js";
import type { Drift, PatchOperation } from "../plan/change.js";
import { withReviewed } from "./compare.js";
import type { ExplainedDifference } from "./why.js";

/** Returns the drift of a resource that no longer exists. */
export function missingDrift(kind: Kind, { address, attributes }: ResolvedResource): Drift {
  const before = normalizeSets(attributes, kind.live.sets);
  return { address, kind: kind.name, class: "drift", before, after: null, paths: [], because: [] };
}

/** Returns the differences of a resource as drift: at most one of each class. @param attributes the live ones */
export function toDrift(
  kind: Kind,
  recorded: ResolvedResource,
  attributes: JsonObject,
  differences: readonly ExplainedDifference[],
): readonly Drift[] {
  const { sets } = kind.live;
  const live = normalizeSets(attributes, sets);
  return driftClasses.flatMap((name): readonly Drift[] => {
    const own = differences.filter((one) => one.class === name);
    if (own.length === 0) return [];
    const paths = [...new Set(own.map(({ path }) => path))];
    const applied = normalizeSets(recorded.attributes, sets);
    const reviewed = copyValues(applied, withReviewed(live, own, sets), paths);
    const isDrift = name === "drift";
    return [
      {
        ...{ address: recorded.address, kind: kind.name, class: name },
        before: isDrift ? reviewed : copyValues(applied, live, paths),
        after: isDrift ? live : reviewed,
        ...{ paths, because: uniqueBecause(own) },
      },
    ];
  });
}

export const driftClasses = ["drift", "membership"] as const;

/** Returns `target` with the values that `source` has at these paths. */
function copyValues(target: JsonObject, source: JsonObject, paths: readonly Pointer[]): JsonObject {
  return paths.reduce((result, path) => withValueAt(result, path, valueAt(source, path)), target);
}

/** Returns the reasons of differences, each once: elements that are not users have that of their list. */
export function uniqueBecause(differences: readonly ExplainedDifference[]): readonly Because[] {
  const all = differences.map(({ because }) => because);
  return [...new Map(all.map((one) => [`${one.path ?? ""} ${one.user ?? ""}`, one])).values()];
}

/** Returns the values before, with the value after of each attribute that changed. */
export function withChangedValues({ before, after, paths }: Drift): JsonObject {
  return copyValues(before, after ?? {}, paths);
}

/** Returns the RFC 6902 operations that turn `before` into `after` at each changed attribute; none where `after` is null. */
export function getDriftPatch(drift: Drift): readonly PatchOperation[] {
  return drift.after === null ? [] : createPatch(drift.before, withChangedValues(drift));
}
