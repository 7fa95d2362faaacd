/**
 * Callbacks by signal. Many requests and sleeps wait for one signal: a listener for each is slow, and Node warns of a leak
 * from the eleventh listener on. So each signal has one listener and a list.
 */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `stop` when the signal aborts, unless `removeAbortListener` removes `stop` first. */
export function addAbortListener(signal: AbortSignal, stop: () => void): void {
  (waiting.get(signal) ?? listen(signal)).add(stop);
}

export function removeAbortListener(signal: AbortSignal, stop: () => void): void {
  waiting.get(signal)?.delete(stop);
}

function listen(signal: AbortSignal): Set<() => void> {
  const stops = new Set<() => void>();
  waiting.set(signal, stops);
  const stopAll = (): void => {
    for (const stop of [...stops]) stop();
  };
  signal.addEventListener("abort", stopAll, { once: true });
  return stops;
}
