import { InternalError } from "../diagnostic.js";
import type { Change, Drift } from "../plan/change.js";
import { normalizeSets } from "../diff/compare.js";
import { buildChange } from "../plan/changes/build-change.js";
import { sameId } from "../jid.js";
import { byCodeUnit } from "../json/json.js";
import type { Json, JsonObject } from "../json/json.js";
import { alreadyGone } from "../plan/changes/plan-orphan.js";
import type { PlannedResource, PlannerContext } from "../plan/planner-input.js";
import { getKind } from "../kind/kinds.js";
import { valueAt } from "../json/pointer.js";
import { departedOwner } from "../people/org-people.js";
import { resolveReferences } from "../calls/resolve-references.js";
import { compareValues } from "./compare.js";
import { getDriftPatch, missingDrift, toDrift, withChangedValues } from "./to-drift.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import { explainDifferences } from "./why.js";

/** Returns the live values that differ from the recorded ones, sorted by address. */
export function* findDrift(context: PlannerContext): Steps<readonly Drift[]> {
  const orphans = context.orphans.map(({ resource }) => ({
    resource,
    resolved: resolveReferences(resource, context.known),
    live: context.live.get(resource.address),
  }));
  const drift = yield* mapInSteps([...context.planned, ...orphans], (one) => driftOfOne(context, one));
  return drift.flat().sort((a, b) => byCodeUnit(a.address, b.address));
}

function driftOfOne(
  context: PlannerContext,
  { resource, resolved, live }: PlannedResource,
): readonly Drift[] {
  const recorded = context.state?.resources[resource.address];
  if (recorded === undefined || live === undefined) return [];
  if (departedOwner(resource, context) !== undefined) return [];
  if (live.present && !sameId(resolved.id, recorded.id)) return [];
  const { options, applied: attributes } = recorded;
  const baseline = { ...resolved, attributes, ...(options === undefined ? {} : { options }) };
  const kind = getKind(context.kinds, recorded.kind);
  if (!live.present) return [missingDrift(kind, baseline)];
  const values = { kind, recorded: baseline, reviewed: attributes, desired: undefined, people: context };
  const { differences } = compareValues({ ...values, live: live.attributes });
  const present = normalizeSets(live.attributes, kind.live.sets);
  const history = { applied: attributes, lists: { then: {}, now: {} } };
  const explained = explainDifferences(kind, present, differences, history, context);
  return toDrift(kind, baseline, live.attributes, explained);
}

/** Returns the changes of a refresh-only plan, which record drifted live values. They have no calls. */
export function acceptDrift(context: PlannerContext, drift: readonly Drift[]): readonly Change[] {
  return drift.map((one) => {
    const { address, kind: name, before, after, paths } = one;
    const recorded = context.state?.resources[address];
    const kind = getKind(context.kinds, name);
    if (recorded === undefined) throw new InternalError(`${address} drifted but was never recorded`);
    const { kind: _kind, id, container: _container, lists = {}, ...record } = recorded;
    // The entries of an accepted list no longer give what it holds, so nobody is reviewed but those in it.
    const kept = Object.entries(lists).filter(([path]) => !paths.includes(path));
    const applied = withChangedValues(one);
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
      record:
        after === null
          ? null
          : { ...record, ...(kept.length === 0 ? {} : { lists: Object.fromEntries(kept) }), applied },
      remarks: after === null ? [alreadyGone] : [],
    });
    return { ...change, calls: [] };
  });
}

function values(before: JsonObject, after: JsonObject, path: string): { before?: Json; after?: Json } {
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  return { ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
}
