import { holderText, StateError } from "./errors.js";
import type { LockInfo } from "./store.js";

/** Returns the error for an unlock without a lock. */
export function lockMissingError(location: string): StateError {
  return new StateError({
    code: "lock-missing",
    location,
    detail: `${location} is not locked.`,
    help: "No unlock is needed.",
  });
}

/**
 * Returns the error for an unlock with another ID than that of the lock.
 *
 * @param id the given ID
 * @param holder of the lock, as far as known
 * @param options by which the command finds the state
 */
export function lockMismatchError(
  location: string,
  id: string,
  holder?: { readonly ID: string; readonly Who?: string | undefined },
  options = "",
): StateError {
  return new StateError({
    code: "lock-mismatch",
    location,
    ...(holder === undefined
      ? {
          detail: `${location} is not locked with the ID ${id}: the lock was released meanwhile, or has another ID.`,
          help: "If a run reports that the state is locked, use the lock ID from its error.",
        }
      : {
          detail: `The lock of ${location} has the ID ${holder.ID}, not ${id}.`,
          help: `If you are sure that ${holder.Who ?? "its holder"} no longer runs: chatform state unlock ${holder.ID}${options}`,
        }),
  });
}

/** Returns the error for a lock that was lost during the run. @param how a sentence without its end, such as "The lock was deleted" */
export function lockLostError(location: string, how: string): StateError {
  return new StateError({
    code: "lock-lost",
    location,
    detail: `${how} during this run.`,
    help: "Make sure that no other run uses this state",
    thenAgain: true,
  });
}

/** Describes a lock that was replaced, for people who know whether that run is really over. */
export function replacedLockNotice({ Who, Operation, Created }: LockInfo): string {
  return `Replaced the lock of ${Who}, which ran "${Operation}" since ${Created} and no longer runs.`;
}

/** Names the process that replaced a lock: ` by jane@laptop (12) for apply since ...,`; empty where it is unknown. */
export function byHolder(holder: LockInfo | undefined): string {
  return holder === undefined ? "" : ` by ${holderText(holder)},`;
}
