import type { ApiError } from "../api/errors.js";
import type { Address } from "../core/address.js";
import type { Call } from "../core/calls/call.js";
import type { Change } from "../core/plan/change.js";
import type { Plan } from "../core/plan/plan.js";
import type { Json } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import type { DepartedUser } from "../core/people/org-people.js";
import type { Move } from "../core/state/moved-addresses.js";

/** An event for the views. The engine writes to no stream. */
export type EngineEvent =
  | {
      readonly type: "phase";
      readonly phase: Phase;
      /** The number of requests; 0: the phase sends none. */
      readonly total: number;
    }
  /** One more request of the phase is done. */
  | {
      readonly type: "progress";
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: "change-started"; readonly address: Address; readonly action: string }
  /** The service created an object with this id. */
  | { readonly type: "created"; readonly address: Address; readonly id: string }
  /** A change has ended, successfully or not. */
  | { readonly type: "change-ended"; readonly change: Change; readonly result: ChangeResult }
  | { readonly type: "notice"; readonly text: string };

/** A part of a run that may take long. */
export type Phase = "load" | "recover" | "resolve" | "refresh" | "reread" | "compare" | "apply" | "verify";

/** Receives events as they happen. */
export type OnEvent = (event: EngineEvent) => void;

/** Returns a function that tells the progress of a phase. */
export function tellProgress(phase: Phase, onEvent: OnEvent): (done: number, total: number) => void {
  return (done, total) => {
    onEvent({ type: "progress", phase, done, total });
  };
}

/** A value that was not sent and has changed since the plan was made. */
export interface ChangedDuringRun {
  readonly path: Pointer;
  /** The value in the plan; missing: not set. */
  readonly planned?: Json;
  /** The value read back; missing: not set. */
  readonly now?: Json;
  /** True if the config declares another value. */
  readonly declared: boolean;
}

/** A sent value, and the different value read back. */
export interface StoredValue {
  readonly path: Pointer;
  readonly sent: Json;
  /** Missing: not set. */
  readonly now?: Json;
}

/** A refused call that names a departed user. */
export interface DepartedRefusal {
  readonly user: string;
  readonly email?: string;
  readonly state: DepartedUser["state"];
  /** The HTTP status of the refusal. */
  readonly status: number;
  /** True if the call did nothing but remove departed users: it counts as done. */
  readonly done: boolean;
}

/** The result of a change. Views and the exit code follow from it. */
export type ChangeResult = ChangeEnd & {
  /** By user, each once. Missing: none. */
  readonly departed?: readonly DepartedRefusal[];
};

type ChangeEnd =
  | { readonly status: "done"; readonly id?: string; readonly changedDuringRun: readonly ChangedDuringRun[] }
  | {
      readonly status: "failed";
      readonly errors: readonly ApiError[];
      readonly skippedCalls: number;
      readonly accepted: readonly Call[];
      readonly id?: string;
    }
  /** The service accepted the change, but reading it back shows other values, or failed. */
  | {
      readonly status: "not-taken";
      /** Sent attributes that do not show: pointers, or a reason in words. */
      readonly paths: readonly string[];
      /** The single values among `paths`, with the values read back. */
      readonly stored: readonly StoredValue[];
      /** The error of reading back. */
      readonly unread?: ApiError;
      readonly changedDuringRun: readonly ChangedDuringRun[];
      readonly id?: string;
    }
  /** The response to the create was lost, and its outcome is unknown. */
  | { readonly status: "uncertain"; readonly error: ApiError; readonly nextStep: string }
  /** The response to the create was lost, and the object was found. This run does not change it further. */
  | { readonly status: "recovered"; readonly id: string; readonly skippedCalls: number }
  | {
      readonly status: "skipped";
      readonly because: Address;
      /** True if the other change was recovered; false if it failed. */
      readonly afterRecovery: boolean;
      readonly accepted: readonly Call[];
    }
  /** The run was stopped before the change was complete. */
  | {
      readonly status: "interrupted";
      readonly accepted: readonly Call[];
      /** True if a call may have been carried out: its outcome was not known yet. */
      readonly cutOff: boolean;
      readonly id?: string;
    };

/** The result of an apply. */
export interface ApplyResult {
  /** By address, sorted, without no-ops. */
  readonly results: ReadonlyMap<Address, { readonly change: Change; readonly result: ChangeResult }>;
  readonly interrupted: boolean;
  /** The renamed addresses, without those of messages and pins that follow their room. Missing: none. */
  readonly moved?: readonly Move[];
  /** The error that ended the credentials and stopped the run. */
  readonly credentialsEnded?: ApiError;
  /** The error of writing the state that stopped the run. Missing: every result is recorded. */
  readonly stateError?: unknown;
  /** Uncertain creates of earlier runs, and recovered ones, sorted by address. They were not changed. */
  readonly leftAlone: Plan["uncertain"];
  /** The number of calls made, without retries and reads. */
  readonly calls: number;
  /** The number of calls that the service accepted. */
  readonly accepted: number;
}

/** Returns true if every planned change is done. */
export function isComplete({ results, interrupted, leftAlone, stateError }: ApplyResult): boolean {
  const isStopped = interrupted || stateError !== undefined;
  return !isStopped && leftAlone.length === 0 && [...results.values()].every(({ result }) => isDone(result));
}

/** Returns true if a change needs no further run. */
export function isDone(result: ChangeResult): boolean {
  return result.status === "done" || (result.status === "recovered" && result.skippedCalls === 0);
}
