import type { Api } from "../api/api.js";
import type { Clock } from "../core/clock.js";
import type { Read, Subject } from "../core/kind.js";
import type { State } from "../core/state.js";
import type { ReadResult } from "./reader.js";
import { readAll, readKey } from "./reader.js";

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
 * Reads again what was created a moment ago, was never seen since, and does not show: a service may be slow to show what
 * was written, and what is taken for gone is made a second time.
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
  for (let delay = firstDelayMs; ; delay *= 2) {
    const hidden = wanted
      .filter(({ reads }) => reads.some((read) => isAbsent(all.get(readKey(read)))))
      .map(({ subject, reads }) => ({ reads, leftMs: shownBy(subject, input) - clock.now() }))
      .filter(({ leftMs }) => leftMs > 0);
    if (hidden.length === 0) return all;
    const longest = hidden.reduce((most, { leftMs }) => Math.max(most, leftMs), 0);
    await clock.sleep(Math.min(delay, longest), signal);
    const reads = hidden.flatMap((one) => one.reads);
    const again = await readAll(api, reads, { parallelism, signal });
    for (const [key, result] of again) all.set(key, result);
  }
}

function isAbsent(result: ReadResult | undefined): boolean {
  return result?.ok === true && !result.answer.found;
}

/** When it has to show at last, in milliseconds since 1970; -Infinity: it was seen, or nobody knows when it was made. */
function shownBy({ address, id }: Subject, { state, patienceMs }: FreshInput): number {
  const recorded = state?.resources[address];
  const created = recorded?.id === id ? Date.parse(recorded?.created ?? "") : Number.NaN;
  return Number.isNaN(created) ? -Infinity : created + patienceMs;
}
