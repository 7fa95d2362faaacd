import { toKnownBehavior } from "../core/behavior/behavior.js";
import type { Diagnostic } from "../core/diagnostic.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import type { Audit } from "../core/drift/audit.js";
import { remainingDrift } from "../core/drift/audit.js";
import type { Because } from "../core/plan/because.js";
import type { Change, Drift } from "../core/plan/change.js";
import type { Plan } from "../core/plan/plan.js";
import { assemblePlan } from "../core/plan/planner.js";
import { defaultBudget } from "../core/plan/request-budget.js";
import { inTurns } from "../core/time/turns.js";
import type { AuditRequest } from "./audit.js";
import { auditOrg } from "./audit.js";
import type { ApplyResult, ChangeResult } from "./events.js";
import { isDone } from "./events.js";

/** The plan of a repair, and the audit that it follows from. */
export interface PlannedRepair {
  readonly audit: Audit;
  readonly plan: Plan;
}

/**
 * Audits, and plans to put back what drifted and to follow the sources. Only read operations are sent.
 *
 * @throws DiagnosticsError `nothing-applied` without any recorded resource; otherwise as `audit` does
 */
export async function planRepair(request: AuditRequest): Promise<PlannedRepair> {
  const { targets, excludes } = request;
  if (Object.keys(request.state?.resources ?? {}).length === 0) throw new DiagnosticsError([nothingApplied]);
  const { audit, changes, departed, state, entries } = await auditOrg(request);
  const steps = assemblePlan(
    {
      options: { mode: "repair", refresh: true, targets, excludes },
      ...{ org: audit.org, state, uncertain: new Map(), people: audit.people, findings: entries },
      departed,
      kinds: new Map(request.kinds.map((kind) => [kind.name, kind])),
      budget: request.api.budget() ?? defaultBudget,
      behavior: toKnownBehavior(state?.behavior, request.clock.now()),
    },
    changes,
    audit.drift,
    [],
  );
  return { audit, plan: await inTurns(steps, request.signal) };
}

const nothingApplied: Diagnostic = {
  severity: "error",
  code: "nothing-applied",
  summary: "Nothing was applied yet",
  detail: "The state records no resource, so no value was reviewed that a repair could restore.",
  help: "If the config was applied before, check that its state is read: state in the config, and its variables. Before the first apply: chatform apply",
};

/** Returns the audit as it is after a repair: without the differences that the repair removed. */
export function auditAfterRepair(audit: Audit, plan: Plan, result: ApplyResult): Audit {
  const isRepaired = ({ address }: Change): boolean => {
    const one = result.results.get(address);
    return !result.interrupted && (one === undefined || isDone(one.result));
  };
  const repaired = new Set(plan.changes.filter(isRepaired).map(({ address }) => address));
  return { ...audit, drift: remainingDrift(audit, repaired) };
}

/** Returns the drift of which a repair removed something: by accepted calls, or by forgetting the resource. */
export function getRepairedDrift({ drift }: Audit, { results }: ApplyResult): readonly Drift[] {
  return drift.filter((one) => {
    const ended = results.get(one.address);
    if (ended === undefined || !hasChangedSomething(ended.result)) return false;
    const reasons = new Set(ended.change.because.map(reasonKey));
    return one.because.some((because) => reasons.has(reasonKey(because)));
  });
}

function hasChangedSomething(result: ChangeResult): boolean {
  return isDone(result) || ("accepted" in result && result.accepted.length > 0);
}

function reasonKey({ path = "", user = "", reason }: Because): string {
  return JSON.stringify([path, user, reason]);
}
