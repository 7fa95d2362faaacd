import type { Clock } from "../core/time/clock.js";
import { backoffMs, retry, withJitter } from "../core/time/retry.js";

const backoff = { firstMs: 50, maxMs: 1_000 };

export interface LockWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Tries until it works or the time is over.
 *
 * @param attempt gives what is wanted, or the error that says why not yet
 * @throws that error when the time is over; the signal's reason when aborted
 */
export async function waitForLock<T>(
  attempt: () => Promise<{ readonly value: T } | { readonly error: Error }>,
  { timeoutMs, signal }: LockWait,
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
      return { waitMs: Math.min(leftMs, withJitter(backoffMs(number, backoff), clock)) };
    },
    ({ waitMs }) => clock.sleep(waitMs, signal),
  );
}
