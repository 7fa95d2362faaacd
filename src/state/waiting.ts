import type { Clock } from "../core/time/clock.js";

/** Waits of up to a second, with jitter so that those who wait don't all come at once. */
const shortestWaitMs = 50;
const longestWaitMs = 1_000;

export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Tries until it works or the time is over.
 *
 * @param attempt gives what is wanted, or the error that says why not yet
 * @throws that error when the time is over; the signal's reason when aborted
 */
export async function insist<T>(
  attempt: () => Promise<{ readonly value: T } | { readonly error: Error }>,
  { timeoutMs, signal }: Patience,
  clock: Clock,
): Promise<T> {
  const end = clock.monotonic() + timeoutMs;
  for (let wait = shortestWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
    signal?.throwIfAborted();
    const outcome = await attempt();
    if ("value" in outcome) return outcome.value;
    const left = end - clock.monotonic();
    if (left <= 0) throw outcome.error;
    await clock.sleep(Math.min(left, wait * (0.5 + clock.random() / 2)), signal);
  }
}
