import type { ApiError } from "../api/errors.js";
import type { Address } from "../core/address.js";
import type { Change } from "../core/change.js";
import type { Plan } from "../core/plan.js";

/** What happened, for the views. The engine writes to no stream. */
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
  /** A change has ended, well or not. */
  | { readonly type: "change-ended"; readonly change: Change; readonly result: ChangeResult }
  | { readonly type: "notice"; readonly text: string };

/** Takes events as they come. */
export type OnEvent = (event: EngineEvent) => void;

/** How a change went. Views and the exit code follow from it. */
export type ChangeResult =
  | { readonly status: "done"; readonly id?: string }
  | { readonly status: "failed"; readonly errors: readonly ApiError[]; readonly skippedCalls: number }
  /** The service said yes, but does not show it. */
  | { readonly status: "not-taken"; readonly paths: readonly string[] }
  /** A create was sent and never answered. */
  | { readonly status: "uncertain"; readonly error: ApiError; readonly wayOn: string }
  | { readonly status: "skipped"; readonly because: Address }
  /** The run was stopped before it was complete. */
  | { readonly status: "interrupted" };

/** How an apply went. */
export interface ApplyResult {
  /** By address, sorted; changes that had nothing to do are left out. */
  readonly results: ReadonlyMap<Address, { readonly change: Change; readonly result: ChangeResult }>;
  readonly interrupted: boolean;
  /** What was left alone: nobody knows whether an earlier run created it. Sorted by address. */
  readonly leftAlone: Plan["uncertain"];
  /** Calls that were made, without retries and reads. */
  readonly calls: number;
}

/** Whether everything is as it was planned to be. */
export function isComplete({ results, interrupted, leftAlone }: ApplyResult): boolean {
  return (
    !interrupted &&
    leftAlone.length === 0 &&
    [...results.values()].every(({ result }) => result.status === "done")
  );
}
