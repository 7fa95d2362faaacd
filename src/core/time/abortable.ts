import { addAbortListener, removeAbortListener } from "./abort.js";
import type { Clock } from "./clock.js";

/** Returns a clock whose sleeps also throw the reason of any signal of `ends` that aborts. No timer outlives an abort. */
export function abortableClock(clock: Clock, ends: () => readonly AbortSignal[]): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    random: () => clock.random(),
    sleep: (ms, signal) => sleepUntilAny(clock, ms, [...ends(), ...(signal === undefined ? [] : [signal])]),
  };
}

/** Sleeps until the time is over or one of the signals aborts. @throws the reason of the aborted signal */
export async function sleepUntilAny(
  clock: Clock,
  ms: number,
  signals: readonly AbortSignal[],
): Promise<void> {
  const either = new AbortController();
  const stop = (): void => {
    either.abort(signals.find(({ aborted }) => aborted)?.reason);
  };
  for (const signal of signals) signal.throwIfAborted();
  for (const signal of signals) addAbortListener(signal, stop);
  try {
    await clock.sleep(ms, either.signal);
  } finally {
    for (const signal of signals) removeAbortListener(signal, stop);
  }
}

/**
 * Waits for a promise that other callers wait for too: an abort does not stop the promise.
 *
 * @throws the signal's reason when it aborts
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    addAbortListener(signal, stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    removeAbortListener(signal, stop);
  }
}
