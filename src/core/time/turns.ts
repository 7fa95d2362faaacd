/** Long work without waits, in steps: it yields where timers may run and signals may arrive. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** The time that steps take until others get a turn, in milliseconds: short beside a request, as requests may be in flight. */
const turnMs = 10;

/** Lets timers run and signals arrive. @throws the signal's reason once it has aborted */
export async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Returns monotonic milliseconds. Not of `performance`, which Node takes a millisecond to load. */
function elapsed(): number {
  return process.uptime() * 1000;
}

/** Takes steps to their end, in turns with timers and signals. @throws the signal's reason once it has aborted */
export async function inTurns<Result>(
  steps: Steps<Result>,
  signal: AbortSignal | undefined,
  now = elapsed,
): Promise<Result> {
  for (;;) {
    await nextTurn(signal);
    const endsAt = now() + turnMs;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (now() < endsAt);
  }
}

/** The items that one step maps: a step takes no time beside them, and they take far less than a turn. */
const itemsInStep = 16;

/** Maps many small items as `map` does, in steps. */
export function* mapInSteps<Item, Result>(
  items: readonly Item[],
  toResult: (item: Item) => Result,
): Steps<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(toResult(item));
    if (results.length % itemsInStep === 0) yield;
  }
  return results;
}
