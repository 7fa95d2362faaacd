import type { Loaded } from "../../../config/load.js";
import type { Plan } from "../../../core/plan/plan.js";
import type { State } from "../../../core/state/state.js";
import { addAbortListener, removeAbortListener } from "../../../core/time/abort.js";
import { systemClock } from "../../../core/time/clock.js";
import type { ApplyRequest } from "../../../engine/apply/apply.js";
import { getOrgToRecord } from "../../../engine/apply/org-writer.js";
import type { ApplyResult } from "../../../engine/events.js";
import { isComplete } from "../../../engine/events.js";
import { kinds } from "../../../resources/index.js";
import { RepeatableError } from "../../../state/errors.js";
import type { StateWriter } from "../../../state/store.js";
import { ApplyJson } from "../../../views/apply/apply-json.js";
import type { ApplyResultOptions } from "../../../views/apply/apply-result-text.js";
import { renderApplyResult } from "../../../views/apply/apply-result-text.js";
import { ApplyText } from "../../../views/apply/apply-text.js";
import { getTitle } from "../../../views/apply/outcomes.js";
import { renderDiagnostics } from "../../../views/diagnostics/diagnostics-text.js";
import { applyReport } from "../../../views/reports/build-report.js";
import { styles } from "../../../views/text/terminal.js";
import type { Context, ExitCode } from "../../context.js";
import type { OrgIdentity } from "../../../core/org/org-identity.js";
import type { PlanPlaces } from "../../../views/plan/plan-text.js";
import { withPlanPlaces, withResultPlaces } from "../../output/reason-places.js";
import { createdIds } from "./created-ids.js";
import { errorReason, toDiagnostics } from "../../output/errors.js";
import { writeNote } from "../../output/note.js";
import { withRepeatedOptions } from "../../output/problems.js";
import { reportFiles, sourceLocations } from "../../output/source-locations.js";
import type { Session } from "../../session/session.js";
import type { ReportSource } from "../../output/report-source.js";
import type { Reports } from "../../output/reports.js";
import type { RepairAudit, ShowPlanArgs } from "../plan/show-plan.js";
import { applyJson, planText } from "../plan/show-plan.js";
import { progressOutput, styleFor, terminalWidth } from "../../output/style.js";
import { startProgressTimer } from "../../session/progress-timer.js";
import type { StopSignals } from "../../session/state-lock.js";

/** A plan to apply, and the session for it. */
export interface PlannedApply {
  readonly session: Session;
  readonly plan: Plan;
  /** The places of the plan's reasons and findings, to look up those that are shown. Missing: the plan has them. */
  readonly places?: PlanPlaces | undefined;
  /** The org to record, where its read began before. */
  readonly org?: Promise<OrgIdentity> | undefined;
  /** The config as it is now, for the source locations in reports. */
  readonly loaded: Loaded;
  readonly state: State | undefined;
  readonly reports: Reports;
  /** Of a repair. */
  readonly audit?: RepairAudit;
  /** True for a plan from a file. */
  readonly isSaved?: boolean;
  /** True to show no progress and result: nothing but the state changes. */
  readonly isQuiet?: boolean;
}

export interface ApplyPlanArgs extends ShowPlanArgs {
  readonly json: boolean;
  readonly verify: boolean;
}

/** Loads the engine's part of an apply, which only an apply needs. Called during the reads, it takes no time before the first call. */
export function loadEngine(): Promise<{ readonly apply: (request: ApplyRequest) => Promise<ApplyResult> }> {
  return import("../../../engine/apply/apply.js");
}

/** Begins to read the org that an apply records: in an apply that asks nobody, beside the reads of its plan. */
export function beginOrg(
  org: OrgIdentity,
  { session, state }: Pick<PlannedApply, "session" | "state">,
  { stop }: StopSignals,
): Promise<OrgIdentity> {
  const toRecord = getOrgToRecord(org, { state, stop }, session.api);
  // Thrown by the apply; a plan that is refused needs no org.
  toRecord.catch(() => undefined);
  return toRecord;
}

/**
 * Makes the calls of a plan, shows the progress, and writes the state in any case.
 *
 * @throws the error of writing the state, once the result is shown and reported
 */
export async function applyPlan(
  planned: PlannedApply,
  args: ApplyPlanArgs,
  context: Context,
  signals: StopSignals,
): Promise<ApplyResult> {
  const { session, plan, places, state, reports, org } = planned;
  const { apply } = await loadEngine();
  const style = styleFor(context, "stdout", args.color);
  const now = (): number => context.now().getTime();
  const view = args.json
    ? new ApplyJson({ output: context.stdout, now: context.now, plan: withPlanPlaces(plan, places) })
    : new ApplyText({
        ...{ output: progressOutput(context, "stdout"), now, pace: session.pace, style },
        ...{ people: plan.people, longWait: () => context.status?.longWait() },
      });
  const { api, store, parallelism, patienceMs } = session;
  const writer = await store.open(state);
  const stopTicking = startProgressTimer(view);
  // A third Ctrl-C ends the process: lines that have not been written are lost.
  const writeLines = (): void => {
    view.tick();
  };
  addAbortListener(signals.abort, writeLines);
  const applied = await apply({
    plan,
    api,
    kinds,
    state,
    org,
    writer,
    parallelism,
    patienceMs,
    verify: args.verify,
    ...signals,
    clock: systemClock,
    onEvent: (event) => {
      view.onEvent(event);
    },
  })
    .finally(() => {
      stopTicking();
      removeAbortListener(signals.abort, writeLines);
      view.done();
    })
    .catch(async (error: unknown) => {
      const unstored = await storingError(writer);
      if (unstored === undefined) throw error;
      showCreatedIds(unstored, state, writer, context);
      throw unstored;
    });
  const unstored = await storingError(writer);
  const stateError = unstored ?? applied.stateError;
  // A lost lock stops the run as Ctrl-C does.
  const interrupted = applied.interrupted && context.stop.aborted;
  const result = stateError === undefined ? applied : { ...applied, stateError, interrupted };
  const options = { ...resultOptions(planned, context), isStored: unstored === undefined };
  if (view instanceof ApplyJson) view.finish(result);
  else if (planned.isQuiet !== true || stateError !== undefined)
    context.stdout.write(renderApplyResult(result, { ...options, style }));
  const reported = reports.write(toReportSource(planned, result, options, args, context));
  if (stateError === undefined) await reported;
  else {
    // The error of the state matters more than a missing report.
    await reported.catch((reason: unknown) => {
      writeNote(errorReason(reason), context);
    });
    showCreatedIds(unstored, state, writer, context);
    throw stateError as Error;
  }
  return result;
}

/** Returns the exit code of an apply. */
export function applyExitCode(result: ApplyResult): ExitCode {
  if (result.interrupted) return 130;
  return isComplete(result) ? 0 : 1;
}

/** Writes the state. @returns the error; undefined if the state is stored */
async function storingError(writer: StateWriter): Promise<Error | undefined> {
  try {
    await writer.close();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Shows the ids of created objects if the state could not be stored, as they might not be found otherwise. */
function showCreatedIds(
  unstored: Error | undefined,
  before: State | undefined,
  writer: StateWriter,
  context: Context,
): void {
  if (unstored !== undefined && !(unstored instanceof RepeatableError))
    context.stderr.write(context.repeatOptions(createdIds(before, writer.current())));
}

function resultOptions({ plan, audit, isSaved = false }: PlannedApply, context: Context): ApplyResultOptions {
  return {
    style: styles(false),
    width: terminalWidth(context),
    people: plan.people,
    title: getTitle(plan),
    left: audit?.left ?? [],
    isSaved,
    repeatOptions: context.repeatOptions,
  };
}

/** Returns the source of an apply's reports. */
function toReportSource(
  planned: PlannedApply,
  result: ApplyResult,
  options: ApplyResultOptions,
  args: ApplyPlanArgs,
  context: Context,
): ReportSource {
  const { plan, places, loaded, audit } = planned;
  const plain = { ...options, full: true };
  const { stateError } = result;
  const problems = stateError === undefined ? [] : withRepeatedOptions(toDiagnostics(stateError), context);
  return {
    text: () =>
      planText({ plan, places }, { ...args, color: false }, context, audit) +
      renderApplyResult(result, plain) +
      renderDiagnostics(problems, { style: plain.style, width: plain.width }),
    json: () => applyJson(withPlanPlaces(plan, places), result, { audit, problems }),
    report: (full) =>
      applyReport(plan, withResultPlaces(result, places), { ...plain, full, audit, problems }),
    where: () => sourceLocations(loaded, context),
    files: () => reportFiles(loaded, context),
  };
}
