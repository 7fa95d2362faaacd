import type { Api } from "../api/api.js";
import type { Clock } from "../core/clock.js";
import { sameId } from "../core/jid.js";
import type { Read, ReadAnswer, Subject } from "../core/kind.js";
import type { State } from "../core/state.js";
import type { ReadResult } from "./reader.js";
import { answersOf, isContradicted, readAll } from "./reader.js";

export interface FreshInput {
  readonly api: Api;
  readonly state: State | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  /** How slow the service may be to show what was created, in milliseconds. */
  readonly patienceMs: number;
}

/** A thing with the reads that show it. */
export interface Wanted {
  readonly subject: Subject;
  readonly reads: readonly Read[];
}

/** How long to wait before the second look, in milliseconds. It doubles from look to look. */
const firstDelayMs = 250;

/**
 * Reads again what was created a moment ago, was never seen since, and does not show; and what is half there. A service may
 * be slow to show what was written, and what is taken for gone is made a second time.
 *
 * @param results of all reads until now
 * @returns the results with those of the last looks
 */
export async function untilShown(
  input: FreshInput,
  wanted: readonly Wanted[],
  results: ReadonlyMap<string, ReadResult>,
): Promise<ReadonlyMap<string, ReadResult>> {
  const { api, parallelism, signal, clock } = input;
  const all = new Map(results);
  // Timestamps are only compared here: the clock that wrote them, or this one, may be wrong or jump while we wait.
  const [startedAt, start] = [clock.monotonic(), clock.now()];
  for (let delay = firstDelayMs; ; delay *= 2) {
    // Then there will be no plan, however long the wait.
    if ([...all.values()].some(({ ok }) => !ok)) return all;
    const hidden = wanted
      .map(({ subject, reads }) => ({ subject, reads, answers: answersOf(reads, all) }))
      .filter(({ answers }) => answers.some(({ found }) => !found))
      .map((one) => ({
        reads: one.reads,
        leftMs: startedAt + hiddenMs(one, start, input) - clock.monotonic(),
      }))
      .filter(({ leftMs }) => leftMs > 0);
    if (hidden.length === 0) return all;
    const longest = hidden.reduce((most, { leftMs }) => Math.max(most, leftMs), 0);
    await clock.sleep(Math.min(delay, longest), signal);
    const reads = hidden.flatMap((one) => one.reads);
    const again = await readAll(api, reads, { parallelism, signal });
    for (const [key, result] of again) all.set(key, result);
  }
}

/**
 * How long a resource that does not show in all of its reads may take to do so yet, in milliseconds from the start of the read:
 * never longer than the patience, whatever its timestamp says. -Infinity: it was seen, or its time of creation is not known.
 *
 * @param start of the read, in milliseconds since 1970
 */
function hiddenMs(
  {
    subject: { address, id },
    answers,
  }: { readonly subject: Subject; readonly answers: readonly ReadAnswer[] },
  start: number,
  { state, patienceMs }: FreshInput,
): number {
  if (isContradicted(answers)) return patienceMs;
  const recorded = state?.resources[address];
  const created =
    recorded !== undefined && sameId(recorded.id, id) ? Date.parse(recorded.created ?? "") : Number.NaN;
  return Number.isNaN(created) ? -Infinity : Math.min(patienceMs, created + patienceMs - start);
}
