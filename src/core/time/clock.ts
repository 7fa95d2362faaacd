import { removeAbortListener, addAbortListener } from "./abort.js";

/** The source of time and randomness, replaced in tests. */
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
    signal?.throwIfAborted();
    for (let left = ms; left > 0; left -= longestTimerMs) {
      await delay(Math.min(left, longestTimerMs), signal);
    }
  },
  random: () => Math.random(),
};

/** Waits for one timer. Sleeps that share a signal share its listener. */
function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      if (signal !== undefined) removeAbortListener(signal, stop);
      resolve();
    }, ms);
    if (signal !== undefined) addAbortListener(signal, stop);
  });
}
