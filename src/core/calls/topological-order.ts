import type { Call } from "./call.js";
import type { Change } from "../plan/change.js";

/**
 * The calls of a plan in the order in which they are made, one at a time and all going well: those that wait for nothing
 * first, by address; each other one behind the last of those that it waits for. A plan is carried out in this order, but
 * several calls at once.
 */
export function callsInOrder(changes: readonly Change[]): readonly Call[] {
  const calls = changes.flatMap((change) => change.calls);
  const left = new Map(
    calls.map(({ id, dependsOn, waitsFor = [] }) => [id, dependsOn.length + waitsFor.length]),
  );
  const behind = [
    byEarlier(calls, ({ waitsFor = [] }) => waitsFor),
    byEarlier(calls, ({ dependsOn }) => dependsOn),
  ];
  const ordered = calls.filter(({ id }) => left.get(id) === 0);
  // A list that grows while it is walked is walked to its end.
  for (const { id } of ordered) {
    for (const next of behind.flatMap((all) => all.get(id) ?? [])) {
      const count = (left.get(next.id) ?? 0) - 1;
      left.set(next.id, count);
      if (count === 0) ordered.push(next);
    }
  }
  return ordered;
}

/** Calls by the ids of those that they come after. */
function byEarlier(
  calls: readonly Call[],
  earlierThan: (call: Call) => readonly string[],
): ReadonlyMap<string, readonly Call[]> {
  const later = new Map<string, Call[]>();
  for (const call of calls) {
    for (const id of earlierThan(call)) {
      const there = later.get(id);
      if (there === undefined) later.set(id, [call]);
      else there.push(call);
    }
  }
  return later;
}
