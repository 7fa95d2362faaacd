import type { Address } from "../../core/address.js";
import type { Call, Effect } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import type { Change } from "../../core/plan/change.js";
import { applyEffects } from "../../core/state/state.js";
import { ApiError } from "../../api/errors.js";
import type { ChangeResult, ChangedDuringRun, DepartedRefusal, StoredValue } from "../events.js";

/** A call that did not succeed. */
export interface FailedCall {
  readonly call: Call;
  readonly error: ApiError;
}

/** A change during the apply. */
export interface ChangeRun {
  readonly change: Change;
  /** Known from the start, or captured from a response. */
  id: string | undefined;
  /** The id of the room or user; known from the start, or from the create on. */
  container: string | undefined;
  started: boolean;
  /** Calls that have not ended yet. */
  left: number;
  /** The effects of the calls that are done. Added with `addEffects`. */
  readonly effects: Effect[];
  /** The recorded values with these effects; none for a removed resource. */
  applied: JsonObject;
  /** Calls that the service accepted. */
  readonly accepted: Call[];
  /** The body of the response to the last accepted call. */
  response: Json | undefined;
  /** Calls refused with 404 or 409, which may mean that there was nothing to change: read back later. */
  readonly uncertainCalls: FailedCall[];
  readonly failed: FailedCall[];
  /** Calls that only remove departed users, and that the service refused: they count as done. */
  readonly needless: FailedCall[];
  /** The departed users that refused calls name. */
  readonly departed: DepartedRefusal[];
  skipped: number;
  /** The address whose failure or recovery caused calls to be skipped. */
  because: { readonly address: Address; readonly recovered: boolean } | undefined;
  uncertain: { readonly error: ApiError; readonly nextStep: string } | undefined;
  /** True if the run was aborted before the outcome of a call was known: it may have been carried out. */
  cutOff: boolean;
  /** True if the create was recovered in this run: the resource is not changed further. */
  recovered: boolean;
  /** Paths of sent attributes that reading back does not show, or a reason in words. */
  notConfirmed: readonly string[];
  /** For single values among `notConfirmed`: the sent value and the value read back. */
  stored: readonly StoredValue[];
  /** True if the first read did not show the change. */
  isLate: boolean;
  /** The error of reading back. */
  unread: ApiError | undefined;
  changedDuringRun: readonly ChangedDuringRun[];
}

export function startChangeRun(change: Change): ChangeRun {
  return {
    change,
    id: change.id,
    container: change.container,
    started: false,
    left: change.calls.length,
    effects: [],
    applied: change.record?.applied ?? {},
    accepted: [],
    response: undefined,
    uncertainCalls: [],
    failed: [],
    needless: [],
    departed: [],
    skipped: 0,
    because: undefined,
    uncertain: undefined,
    cutOff: false,
    recovered: false,
    notConfirmed: [],
    stored: [],
    isLate: false,
    unread: undefined,
    changedDuringRun: [],
  };
}

/** The signals that end a run: gracefully, and at once. */
export interface RunSignals {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** Returns true for the error of a call that the end of the run kept from being carried out. */
export function isUnsent(error: unknown, { stop, abort }: RunSignals): boolean {
  return stop.aborted && error === stop.reason && error !== abort.reason;
}

/** Notes that a call may have been carried out, if the abort of the run ended the wait for its outcome. */
export function noteCutOff(run: ChangeRun, error: unknown, signals: RunSignals): void {
  if (signals.abort.aborted && !(error instanceof ApiError) && !isUnsent(error, signals)) run.cutOff = true;
}

/** Adds the effects of a call that is done. */
export function addEffects(run: ChangeRun, effects: readonly Effect[]): void {
  run.effects.push(...effects);
  run.applied = applyEffects(run.applied, effects);
}

/** Returns true if every call of a change has ended, and none of them failed or was skipped. */
export function isComplete(run: ChangeRun): boolean {
  return run.failed.length === 0 && run.skipped === 0 && run.left === 0;
}

/** Returns the result of a change, once all its calls have ended or the run was stopped. */
export function toChangeResult(run: ChangeRun): ChangeResult {
  // A call that counts as done in the end needs no explanation.
  const departed = run.failed.length > 0 ? run.departed : run.departed.filter(({ done }) => done);
  return departed.length === 0 ? toChangeEnd(run) : { ...toChangeEnd(run), departed };
}

function toChangeEnd(run: ChangeRun): ChangeResult {
  const { accepted, skipped, changedDuringRun } = run;
  const id = run.id === undefined ? {} : { id: run.id };
  if (run.uncertain !== undefined) return { status: "uncertain", ...run.uncertain };
  if (run.failed.length > 0) {
    const errors = run.failed.map(({ error }) => error);
    return { status: "failed", errors, skippedCalls: skipped, accepted, ...id };
  }
  if (run.left > 0) return { status: "interrupted", accepted, cutOff: run.cutOff, ...id };
  if (run.recovered) return { status: "recovered", id: run.id ?? "", skippedCalls: skipped };
  if (run.because !== undefined)
    return {
      status: "skipped",
      because: run.because.address,
      afterRecovery: run.because.recovered,
      accepted,
    };
  if (run.unread !== undefined)
    return { status: "not-taken", paths: [], stored: [], unread: run.unread, changedDuringRun, ...id };
  if (run.notConfirmed.length > 0 || changedDuringRun.some(({ declared }) => declared))
    return { status: "not-taken", paths: run.notConfirmed, stored: run.stored, changedDuringRun, ...id };
  return { status: "done", changedDuringRun, ...id };
}
