import type { Address } from "../core/address.js";
import type { Call, Effect } from "../core/call.js";
import type { Change } from "../core/change.js";
import type { ApiError } from "../api/errors.js";
import type { ChangeResult } from "./events.js";

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
  /** What it lives in; known from the start, or when it is created there. */
  container: string | undefined;
  started: boolean;
  /** Calls that have not ended yet. */
  left: number;
  readonly effects: Effect[];
  /** Refused as if they were so already: looked at later. */
  readonly doubtful: FailedCall[];
  readonly failed: FailedCall[];
  skipped: number;
  /** The address whose failure skipped a call of it. */
  because: Address | undefined;
  uncertain: { readonly error: ApiError; readonly wayOn: string } | undefined;
  notTaken: readonly string[];
}

export function changeRun(change: Change): ChangeRun {
  return {
    change,
    id: change.id,
    container: change.container,
    started: false,
    left: change.calls.length,
    effects: [],
    doubtful: [],
    failed: [],
    skipped: 0,
    because: undefined,
    uncertain: undefined,
    notTaken: [],
  };
}

export function resultOf(run: ChangeRun): ChangeResult {
  if (run.uncertain !== undefined) return { status: "uncertain", ...run.uncertain };
  if (run.failed.length > 0) {
    return { status: "failed", errors: run.failed.map(({ error }) => error), skippedCalls: run.skipped };
  }
  if (run.left > 0) return { status: "interrupted" };
  if (run.because !== undefined) return { status: "skipped", because: run.because };
  if (run.notTaken.length > 0) return { status: "not-taken", paths: run.notTaken };
  return { status: "done", ...(run.id === undefined ? {} : { id: run.id }) };
}
