import { setTimeout as delay } from "node:timers/promises";

/** Time and chance, as parameters: tests give their own. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970. Use it for timestamps only: it may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start. Never goes back and never jumps: measure every wait and timeout with it. */
  monotonic(): number;
  /** @throws the signal's reason when it aborts */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

/** A longer timer overflows and fires at once. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      for (let left = ms; left > 0; left -= longestTimerMs) {
        await delay(Math.min(left, longestTimerMs), undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};
