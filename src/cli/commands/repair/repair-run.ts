import type { ApiClient } from "../../../api/client.js";
import type { Loaded } from "../../../config/load.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { Audit } from "../../../core/drift/audit.js";
import { needsPerson } from "../../../core/drift/left.js";
import type { DriftClass } from "../../../core/plan/change.js";
import { safetyProblem } from "../../../core/plan/policy.js";
import { getMoves } from "../../../core/state/state-moves.js";
import type { State } from "../../../core/state/state.js";
import { nextTurn } from "../../../core/time/turns.js";
import type { ApplyResult } from "../../../engine/events.js";
import { auditAfterRepair, getRepairedDrift, planRepair } from "../../../engine/repair.js";
import type { PlannedRepair } from "../../../engine/repair.js";
import { cacheTokenReads } from "../../../engine/refresh/cached-reads.js";
import { applyCounts } from "../../../views/apply/apply-counts.js";
import { writePlanEvents } from "../../../views/apply/apply-json.js";
import type { PlanPlaces } from "../../../views/plan/plan-text.js";
import { leftJson } from "../../../views/drift/drift-json.js";
import type { Context, ExitCode } from "../../context.js";
import type { Reports } from "../../output/reports.js";
import { planPlaces, withAuditPlaces, withPlanPlaces } from "../../output/reason-places.js";
import { refuseUnverifiedOrg } from "../../parse/options.js";
import type { Session } from "../../session/session.js";
import { openStateStore, readState, sessionTimes } from "../../session/session.js";
import type { StopSignals } from "../../session/state-lock.js";
import { withLock } from "../../session/state-lock.js";
import { applyExitCode, applyPlan } from "../apply/apply-plan.js";
import { approve } from "../apply/approve.js";
import { warnAboutLocalState } from "../apply/local-state-in-ci.js";
import type { AuditRun } from "../drift/run-audit.js";
import { auditing, checkRooms, loadAuditConfig } from "../drift/run-audit.js";
import { planSource, planText } from "../plan/show-plan.js";
import type { RepairArgs } from "./repair.js";

/** A repair that has ended. `audit` is what it left. */
export interface RepairRun extends AuditRun {
  readonly code: ExitCode;
  /** True if there was nothing to repair. */
  readonly isIdle: boolean;
  /** The class of each repaired resource. */
  readonly repairedClasses: readonly DriftClass[];
  /** The number of calls that the service accepted. */
  readonly calls: number;
}

/**
 * Repairs once, under the state's lock. Reads the config and the state again, as both may have changed since the last run.
 *
 * @throws DiagnosticsError, StateError or UsageError if the repair was refused or its audit failed
 */
export async function repairOnce(
  client: ApiClient,
  reports: Reports,
  args: RepairArgs,
  context: Context,
  read?: Loaded,
): Promise<RepairRun> {
  const loaded = await loadAuditConfig(args, context, read);
  const store = await openStateStore(args, loaded.state, context);
  const session: Session = {
    api: cacheTokenReads(client),
    store,
    readState: () => readState(store, client, args, loaded.state, context),
    ...sessionTimes(args),
    pace: client,
    close: () => Promise.resolve(),
  };
  return withLock(session, "repair", context, async (lost) => {
    const state = await session.readState();
    checkRooms(args.notify, loaded, state);
    const found = await auditing(client, { loaded, state }, args, context, planRepair);
    await nextTurn(context.stop);
    const planned = { ...found, audit: withAuditPlaces(found.audit, loaded), places: planPlaces(loaded) };
    await nextTurn(context.stop);
    const signals = { stop: AbortSignal.any([context.stop, lost]), abort: context.abort };
    const done = await applyRepair({ session, loaded, state, planned, reports }, args, context, signals);
    if (done.code === 130 && !context.stop.aborted) lost.throwIfAborted();
    return done;
  });
}

interface PlacedRepair extends PlannedRepair {
  /** The places of what the plan shows. */
  readonly places: PlanPlaces;
}

interface Repairing {
  readonly session: Session;
  readonly loaded: Loaded;
  readonly state: State | undefined;
  readonly planned: PlacedRepair;
  readonly reports: Reports;
}

async function applyRepair(
  { session, loaded, state, planned, reports }: Repairing,
  args: RepairArgs,
  context: Context,
  signals: StopSignals,
): Promise<RepairRun> {
  const { audit, plan, places } = planned;
  const isIdle =
    getMoves(plan.findings).length === 0 &&
    plan.cost.calls === 0 &&
    plan.changes.every(({ action }) => action === "no-op");
  // At an interval, runs that repair nothing are shown when they have ended.
  if (!args.json && (!isIdle || args.every === undefined))
    context.stdout.write(shownPlan(planned, args, context));
  await refuseDeletions({ session, loaded, state, planned, reports }, args, context);
  refuseUnverifiedOrg(state, plan.org, args);
  warnAboutLocalState(args, loaded, context);
  const ended = { audit, loaded, state, isIdle, repairedClasses: [], calls: 0 };
  if (!(await approve({ session, plan, state, isSaved: false }, args, context))) {
    context.stdout.write("Nothing was changed.\n");
    return { ...ended, code: 1 };
  }
  const applying = { session, plan, places, loaded, state, reports, audit, isQuiet: isIdle };
  const result = await applyPlan(applying, args, context, signals);
  if (args.json && audit.left.length > 0) context.stdout.write(leftJson(audit.left, context.now()));
  return toRun(planned, result, { loaded, state, isIdle });
}

/** Returns the plan with the findings and what is left to a person; at an interval, below the time. */
function shownPlan({ audit, plan, places }: PlacedRepair, args: RepairArgs, context: Context): string {
  const at = args.every === undefined ? "" : `${context.now().toISOString()}\n`;
  return `${at}${planText({ plan, places }, args, context, audit)}\n`;
}

/** Writes the reports of a plan with too many deletions, and refuses it. @throws DiagnosticsError */
async function refuseDeletions(
  { loaded, planned, reports }: Repairing,
  args: RepairArgs,
  context: Context,
): Promise<void> {
  const { plan, places } = planned;
  const problem = safetyProblem(plan, loaded.safety, args["allow-deletions"]);
  if (problem === undefined) return;
  if (args.json)
    writePlanEvents({ output: context.stdout, now: context.now, plan: withPlanPlaces(plan, places) });
  await reports.write(
    planSource({ plan, places, problems: [problem] }, loaded, args, context, planned.audit),
  );
  throw new DiagnosticsError([problem]);
}

function toRun(
  { audit, plan }: PlannedRepair,
  result: ApplyResult,
  input: Pick<RepairRun, "loaded" | "state" | "isIdle">,
): RepairRun {
  const after: Audit = auditAfterRepair(audit, plan, result);
  const code = applyExitCode(result);
  const repaired = getRepairedDrift(audit, result);
  const addresses = [...new Set(repaired.map(({ address }) => address))];
  return {
    ...input,
    audit: after,
    // Pending config changes wait for a review, and are no drift.
    code: code === 0 && audit.left.some(needsPerson) ? 2 : code,
    repairedClasses: repaired.map((drift) => drift.class),
    calls: result.accepted,
    ...(addresses.length === 0
      ? {}
      : { repaired: { addresses, removedPeople: applyCounts(result).removedPeople, left: audit.left } }),
  };
}
