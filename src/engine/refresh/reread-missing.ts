import type { Api } from "../../api/api.js";
import type { Clock } from "../../core/time/clock.js";
import { backoffMs, retry } from "../../core/time/retry.js";
import { getAbsencePatienceMs } from "../../core/behavior/behavior.js";
import { sameId } from "../../core/jid.js";
import type { Read } from "../../core/kind/read.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import { topLevelAddress } from "../../core/address.js";
import type { State } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import type { ReadResult } from "./read-all.js";
import { readKey } from "../../core/kind/join-reads.js";
import { getResponses, isContradicted, readAll } from "./read-all.js";

export interface RereadInput {
  readonly api: Api;
  readonly state: State | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
  /** The wanted time to wait for a created object to show, in milliseconds: see `getAbsencePatienceMs`. */
  readonly patienceMs: number;
  /** True to go on where reads fail. Default: a failed read ends the waiting. */
  readonly leavesUnread?: boolean;
}

/** A resource with its reads. */
export interface ResourceReads {
  readonly resource: ResolvedResource;
  readonly reads: readonly Read[];
  /** The reads that confirm that the resource is gone. */
  readonly rechecks: readonly Read[];
}

/** The wait before the second read, in milliseconds. It doubles each time. */
const firstMs = 250;

/**
 * Reads missing resources again: new ones and contradictory ones until the patience ends, all others once. The service
 * may be slow to show a write or return a 404 by mistake, and a resource that counts as absent is created again.
 *
 * @param results the results of all reads so far
 * @returns `results`, updated by the later reads
 */
export async function rereadMissing(
  input: RereadInput,
  wanted: readonly ResourceReads[],
  results: ReadonlyMap<string, ReadResult>,
): Promise<ReadonlyMap<string, ReadResult>> {
  const { api, parallelism, signal, clock, onEvent } = input;
  const all = new Map(results);
  // Timestamps are only compared here: the clock that wrote them, or this one, may be wrong or jump during the wait.
  const [startedAt, start] = [clock.monotonic(), clock.now()];
  const confirmed = new Set<ResourceReads>();
  let reads: readonly Read[] = [];
  return retry(
    async (number) => {
      for (const [key, result] of await readAll(api, reads, { parallelism, signal })) all.set(key, result);
      // A failed read prevents the plan: more waiting is of no use.
      if (input.leavesUnread !== true && [...all.values()].some(({ ok }) => !ok)) return { value: all };
      const hidden = wanted.filter((one) => isHidden(one, all) && !hasFailed(one, all));
      const waiting = hidden
        .map((one) => ({ one, leftMs: startedAt + hiddenMs(one, all, start, input) - clock.monotonic() }))
        .filter(({ leftMs }) => leftMs > 0);
      const doubted = unconfirmed(hidden, new Set([...confirmed, ...waiting.map(({ one }) => one)]), all);
      if (waiting.length + doubted.length === 0) return { value: all };
      for (const one of [...doubted, ...waiting.map((each) => each.one)]) confirmed.add(one);
      reads = [
        ...waiting.flatMap(({ one }) => getMadeReads(one, all)),
        ...doubted.flatMap(({ rechecks }) => rechecks),
      ];
      const maxMs = waiting.reduce((most, { leftMs }) => Math.max(most, leftMs), 0);
      return { waitMs: waiting.length === 0 ? firstMs : backoffMs(number, { firstMs, maxMs }) };
    },
    ({ waitMs }) => {
      onEvent({ type: "phase", phase: "reread", total: 0 });
      return clock.sleep(waitMs, signal);
    },
  );
}

/** Returns the reads of a resource that were made: its own, and the rechecks that have a result. */
export function getMadeReads(
  { reads, rechecks }: ResourceReads,
  results: ReadonlyMap<string, ReadResult>,
): readonly Read[] {
  const own = new Set(reads.map(readKey));
  const more = rechecks.filter((read) => !own.has(readKey(read)) && results.has(readKey(read)));
  return [...reads, ...more];
}

/** Returns true if some reads of a resource got 404 and others found it. */
export function contradictsItself(one: ResourceReads, results: ReadonlyMap<string, ReadResult>): boolean {
  return isHidden(one, results) && isContradicted(getResponses(getMadeReads(one, results), results));
}

/** Returns true if a read of a resource failed. */
export function hasFailed(one: ResourceReads, results: ReadonlyMap<string, ReadResult>): boolean {
  return getMadeReads(one, results).some((read) => results.get(readKey(read))?.ok === false);
}

function isHidden({ reads }: ResourceReads, results: ReadonlyMap<string, ReadResult>): boolean {
  return getResponses(reads, results).some(({ found }) => !found);
}

/** Returns the absent resources that were read only once, without those whose room is absent too. */
function unconfirmed(
  hidden: readonly ResourceReads[],
  decided: ReadonlySet<ResourceReads>,
  results: ReadonlyMap<string, ReadResult>,
): readonly ResourceReads[] {
  const absent = hidden.filter((one) => !contradictsItself(one, results));
  const addresses = new Set(absent.map(({ resource }) => resource.address));
  return absent.filter((one) => {
    const owner = topLevelAddress(one.resource.address);
    return !decided.has(one) && (owner === one.resource.address || !addresses.has(owner));
  });
}

/**
 * Returns how long after `start` a resource may stay hidden, in milliseconds: no longer than the service needs to show a new
 * object, whatever its timestamp says. -Infinity if the resource was seen before, or its creation time is unknown.
 *
 * @param start the start of the read, in milliseconds since 1970
 */
function hiddenMs(
  one: ResourceReads,
  results: ReadonlyMap<string, ReadResult>,
  start: number,
  { state, patienceMs }: RereadInput,
): number {
  if (contradictsItself(one, results)) return patienceMs;
  const { address, id } = one.resource;
  const recorded = state?.resources[address];
  const created =
    recorded !== undefined && sameId(recorded.id, id) ? Date.parse(recorded.created ?? "") : Number.NaN;
  if (Number.isNaN(created)) return -Infinity;
  const absentMs = getAbsencePatienceMs(patienceMs, state?.behavior, "readLagMs", start);
  return Math.min(absentMs, created + absentMs - start);
}
