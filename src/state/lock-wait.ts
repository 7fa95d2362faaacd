import type { Clock } from "../core/time/clock.js";
import { backoffMs, retry, withJitter } from "../core/time/retry.js";

const backoff = { firstMs: 50, maxMs: 1_000 };

/** The longest wait for a lock, in milliseconds, and the signal that ends the wait. */
export interface LockWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Called after each attempt that finds the lock held, with the error that names the holder. */
  readonly onHeld?: (error: Error) => void;
}

/**
 * Attempts to take a lock until it succeeds or the time is over.
 *
 * @param attempt returns its result, or the error that names the present holder
 * @throws the error of the last attempt when the time is over; the signal's reason when aborted
 */
export async function waitForLock<T>(
  attempt: () => Promise<{ readonly value: T } | { readonly error: Error }>,
  { timeoutMs, signal, onHeld }: LockWait,
  clock: Clock,
): Promise<T> {
  const end = clock.monotonic() + timeoutMs;
  return retry(
    async (number) => {
      signal?.throwIfAborted();
      const outcome = await attempt();
      if ("value" in outcome) return outcome;
      const leftMs = end - clock.monotonic();
      if (leftMs <= 0) throw outcome.error;
      onHeld?.(outcome.error);
      return { waitMs: Math.min(leftMs, withJitter(backoffMs(number, backoff), clock)) };
    },
    ({ waitMs }) => clock.sleep(waitMs, signal),
  );
}
