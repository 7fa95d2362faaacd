import { InternalError } from "../diagnostic.js";
import type { Change, Drift, PatchOperation } from "../plan/change.js";
import { normalizeSets } from "../diff/compare.js";
import { createPatch, diffAttributes } from "../diff/diff-attributes.js";
import { buildChange } from "../plan/build-change.js";
import { sameId } from "../jid.js";
import { byCodeUnit } from "../json/json.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Kind } from "../kind/kind.js";
import type { LiveValue } from "../kind/read.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import type { OrgPeople } from "../people/org-people.js";
import { alreadyGone } from "../plan/plan-orphan.js";
import type { PlannerContext } from "../plan/planner-input.js";
import { getKind } from "../kind/kinds.js";
import { valueAt, withValueAt } from "../json/pointer.js";
import { resolveReferences } from "../calls/resolve-references.js";

/** Returns the live values that differ from the recorded ones, sorted by address. */
export function findDrift(context: PlannerContext): readonly Drift[] {
  const all = [...context.resources, ...context.orphans.map(({ resource }) => resource)];
  return all
    .flatMap((resource) => driftOfOne(context, resource))
    .sort((a, b) => byCodeUnit(a.address, b.address));
}

function driftOfOne(context: PlannerContext, resource: Resource): readonly Drift[] {
  const { address } = resource;
  const recorded = context.state?.resources[address];
  const live = context.live.get(address);
  if (recorded === undefined || live === undefined) return [];
  const resolved = resolveReferences(resource, context.known);
  if (live.present && !sameId(resolved.id, recorded.id)) return [];
  const { options, applied: attributes } = recorded;
  const baseline = { ...resolved, attributes, ...(options === undefined ? {} : { options }) };
  return compareToBaseline(getKind(context.kinds, recorded.kind), baseline, live, context);
}

/** Compares a live value with a baseline: the recorded or the desired attributes. */
export function compareToBaseline(
  kind: Kind,
  baseline: ResolvedResource,
  live: LiveValue,
  people: OrgPeople,
): readonly Drift[] {
  const { address } = baseline;
  const before = normalizeSets(baseline.attributes, kind.live.sets);
  if (!live.present) return [{ address, kind: kind.name, before, after: null, paths: [], because: [] }];
  const after = normalizeSets(live.attributes, kind.live.sets);
  const wanted = normalizeSets(kind.plan.goal(baseline, after, people).attributes, kind.live.sets);
  // Attributes that the config no longer declares are not read, so they have no drift.
  const paths = diffAttributes(after, wanted).paths.filter(
    (path) => valueAt(after, path) !== undefined && !isIgnored(baseline, path),
  );
  if (paths.length === 0) return [];
  // The expected live value has more elements than the applied one: the token's user, others in an additive room.
  const expected = paths.reduce<JsonObject>(
    (result, path) => withValueAt(result, path, valueAt(wanted, path)),
    before,
  );
  return [{ address, kind: kind.name, before: expected, after, paths, because: [] }];
}

function isIgnored(resource: Pick<ResolvedResource, "ignore">, path: string): boolean {
  return (resource.ignore ?? []).some((name) => path === `/${name}` || path.startsWith(`/${name}/`));
}

/** Returns the changes of a refresh-only plan, which record drifted live values. They have no calls. */
export function acceptDrift(context: PlannerContext, drift: readonly Drift[]): readonly Change[] {
  return drift.map((one) => {
    const { address, kind: name, before, after, paths } = one;
    const recorded = context.state?.resources[address];
    const kind = getKind(context.kinds, name);
    if (recorded === undefined) throw new InternalError(`${address} drifted but was never recorded`);
    const { kind: _kind, id, container: _container, ...record } = recorded;
    const applied = withDrift(one);
    const resolved = { address, kind: name, id, attributes: before, pointer: "" };
    const {
      drafts: _drafts,
      follows: _follows,
      ...change
    } = buildChange(kind, resolved, context, {
      action: after === null ? "forget" : "no-op",
      type: null,
      before,
      after: after === null ? null : applied,
      attributes: paths.map((path) => ({ path, cause: "drift", ...values(before, applied, path) })),
      patch: getDriftPatch(one),
      record: after === null ? null : { ...record, applied },
      remarks: after === null ? [alreadyGone] : [],
    });
    return { ...change, calls: [] };
  });
}

/** Returns the applied values, with the live value of each drifted attribute. */
function withDrift({ before, after, paths }: Drift): JsonObject {
  return paths.reduce((result, path) => withValueAt(result, path, valueAt(after ?? {}, path)), before);
}

/** Returns the RFC 6902 operations that turn the applied values into the live ones; none for a missing resource. */
export function getDriftPatch(drift: Drift): readonly PatchOperation[] {
  return drift.after === null ? [] : createPatch(drift.before, withDrift(drift));
}

function values(before: JsonObject, after: JsonObject, path: string): { before?: Json; after?: Json } {
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  return { ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
}
