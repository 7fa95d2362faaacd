/**
 * Runs `work` on every item, at most `limit` at a time, in the items' order. Stops starting when `signal` aborts.
 *
 * @throws the first error of `work`, once all started work has ended; or the signal's reason
 */
export async function forEachBounded<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      signal?.throwIfAborted();
      const at = next++;
      try {
        await work(items[at] as T, at);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
