import type { Address } from "../../core/address.js";
import type { Call, Effect } from "../../core/calls/call.js";
import type { Change } from "../../core/plan/change.js";
import type { ApiError } from "../../api/errors.js";
import type { ChangeResult, ChangedDuringRun, StoredValue } from "../events.js";

/** A call that did not succeed. */
export interface FailedCall {
  readonly call: Call;
  readonly error: ApiError;
}

/** A change while it is carried out. */
export interface ChangeRun {
  readonly change: Change;
  /** Captured, or known from the start. */
  id: string | undefined;
  /** The id of its room or user; known from the start, or from the create on. */
  container: string | undefined;
  started: boolean;
  /** Calls that have not ended yet. */
  left: number;
  readonly effects: Effect[];
  /** Calls that the service accepted. */
  readonly accepted: Call[];
  /** Refused as if there was nothing to change: read back later. */
  readonly uncertainCalls: FailedCall[];
  readonly failed: FailedCall[];
  skipped: number;
  /** The address whose failure, or recovery, skipped a call of it. */
  because: { readonly address: Address; readonly recovered: boolean } | undefined;
  uncertain: { readonly error: ApiError; readonly nextStep: string } | undefined;
  /** The run was aborted while a call of it was under way: it may have been carried out. */
  cutOff: boolean;
  /** Its create was recovered in this run: it is not changed any further. */
  recovered: boolean;
  /** Attributes that were sent and do not show, or why, in words. */
  notConfirmed: readonly string[];
  /** Of those, the single values: what was sent and what shows. */
  stored: readonly StoredValue[];
  /** Why it could not be read back. */
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
    accepted: [],
    uncertainCalls: [],
    failed: [],
    skipped: 0,
    because: undefined,
    uncertain: undefined,
    cutOff: false,
    recovered: false,
    notConfirmed: [],
    stored: [],
    unread: undefined,
    changedDuringRun: [],
  };
}

/** Returns how a change went, once all its calls have ended or the run was stopped. */
export function toChangeResult(run: ChangeRun): ChangeResult {
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
