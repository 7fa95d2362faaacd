import type { ApiError } from "../api/errors.js";
import type { Address } from "../core/address.js";
import type { Call } from "../core/calls/call.js";
import type { Change } from "../core/plan/change.js";
import type { Plan } from "../core/plan/plan.js";
import type { Json } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";

/** An event for the views. The engine writes to no stream. */
export type EngineEvent =
  | {
      readonly type: "phase";
      readonly phase: "resolve" | "refresh" | "apply" | "verify";
      readonly total: number;
    }
  /** One more request of the phase is done. */
  | {
      readonly type: "progress";
      readonly phase: "resolve" | "refresh" | "apply" | "verify";
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: "change-started"; readonly address: Address; readonly action: string }
  /** The service created something: its id, as soon as it is known. */
  | { readonly type: "created"; readonly address: Address; readonly id: string }
  /** A change has ended, well or not. */
  | { readonly type: "change-ended"; readonly change: Change; readonly result: ChangeResult }
  | { readonly type: "notice"; readonly text: string };

/** Takes events as they come. */
export type OnEvent = (event: EngineEvent) => void;

/** A value that was not sent and has changed since the plan was made, by somebody else or by the service. */
export interface ChangedDuringRun {
  readonly path: Pointer;
  /** As the plan saw it; missing: it was not set. */
  readonly planned?: Json;
  /** As it was read back; missing: it is not set. */
  readonly now?: Json;
  /** True if the config declares the value, which then differs from it. */
  readonly declared: boolean;
}

/** A value that was sent, and what reading it back shows instead. */
export interface StoredValue {
  readonly path: Pointer;
  readonly sent: Json;
  /** Missing: it is not set. */
  readonly now?: Json;
}

/** The result of a change. Views and the exit code follow from it. */
export type ChangeResult =
  | { readonly status: "done"; readonly id?: string; readonly changedDuringRun: readonly ChangedDuringRun[] }
  | {
      readonly status: "failed";
      readonly errors: readonly ApiError[];
      readonly skippedCalls: number;
      readonly accepted: readonly Call[];
      readonly id?: string;
    }
  /** The service accepted it, but reading it back shows something else, or failed. */
  | {
      readonly status: "not-taken";
      /** Attributes that were sent and do not show: pointers, or words. */
      readonly paths: readonly string[];
      /** Of those, the single values, with what shows instead. */
      readonly stored: readonly StoredValue[];
      /** Why it could not be read back. */
      readonly unread?: ApiError;
      readonly changedDuringRun: readonly ChangedDuringRun[];
      readonly id?: string;
    }
  /** The response to its create was lost, and nothing shows whether it happened. */
  | { readonly status: "uncertain"; readonly error: ApiError; readonly nextStep: string }
  /** The response to its create was lost, and it was found. It is not changed further by this run. */
  | { readonly status: "recovered"; readonly id: string; readonly skippedCalls: number }
  | {
      readonly status: "skipped";
      readonly because: Address;
      /** True if the other change was recovered; false if it failed. */
      readonly afterRecovery: boolean;
      readonly accepted: readonly Call[];
    }
  /** The run was stopped before it was complete. */
  | {
      readonly status: "interrupted";
      readonly accepted: readonly Call[];
      /** True if a call was under way that may have succeeded. */
      readonly cutOff: boolean;
      readonly id?: string;
    };

/** The result of an apply. */
export interface ApplyResult {
  /** By address, sorted; changes that had nothing to do are left out. */
  readonly results: ReadonlyMap<Address, { readonly change: Change; readonly result: ChangeResult }>;
  readonly interrupted: boolean;
  /** Why the run was stopped at once: the credentials ended. */
  readonly credentialsEnded?: ApiError;
  /** Left alone, as an earlier run may have created it, or as this one recovered it. Sorted by address. */
  readonly leftAlone: Plan["uncertain"];
  /** Calls that were made, without retries and reads. */
  readonly calls: number;
  /** Calls that the service accepted. */
  readonly accepted: number;
}

/** Returns whether every planned change is done. */
export function isComplete({ results, interrupted, leftAlone }: ApplyResult): boolean {
  return (
    !interrupted && leftAlone.length === 0 && [...results.values()].every(({ result }) => isDone(result))
  );
}

/** Returns whether nothing is left to do for a change. */
export function isDone(result: ChangeResult): boolean {
  return result.status === "done" || (result.status === "recovered" && result.skippedCalls === 0);
}
