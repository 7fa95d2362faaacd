import type { Clock } from "./clock.js";

/** The waits between attempts. In milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Returns the wait after a failed attempt, in milliseconds: doubled with each failure, up to the maximum.
 *
 * @param failures so far, from 1
 */
export function backoffMs(failures: number, { firstMs, maxMs }: Backoff): number {
  return Math.min(maxMs, firstMs * 2 ** (failures - 1));
}

/** Returns a random wait between half and all of `ms`, so that many clients do not retry at the same instant. */
export function withJitter(ms: number, clock: Pick<Clock, "random">): number {
  return ms * (0.5 + clock.random() / 2);
}

/** The result of an attempt, or the wait before the next attempt. */
export type Attempt<T, W extends Wait = Wait> = { readonly value: T } | W;

interface Wait {
  readonly waitMs: number;
}

/**
 * Makes attempts until one gives a value.
 *
 * @param attempt given its number, from 1; throws to give up
 * @param sleep waits before the next attempt; throws to give up
 */
export async function retry<T, W extends Wait>(
  attempt: (number: number) => Promise<Attempt<T, W>>,
  sleep: (wait: W) => Promise<void>,
): Promise<T> {
  for (let number = 1; ; number++) {
    const outcome = await attempt(number);
    if ("value" in outcome) return outcome.value;
    await sleep(outcome);
  }
}
