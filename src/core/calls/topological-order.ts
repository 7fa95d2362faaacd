import { addToMultimap } from "../multimap.js";
import type { Call } from "./call.js";
import type { Change } from "../plan/change.js";

/**
 * Returns the calls of a plan in the order of a sequential apply: first the calls without dependencies, by address; then each
 * other call after its last dependency. An apply uses the same order, but makes several calls at once.
 */
export function callsInOrder(changes: readonly Change[]): readonly Call[] {
  const calls = changes.flatMap((change) => change.calls);
  const left = new Map(
    calls.map(({ id, dependsOn, waitsFor = [] }) => [id, dependsOn.length + waitsFor.length]),
  );
  const laterCalls = [
    byEarlier(calls, ({ waitsFor = [] }) => waitsFor),
    byEarlier(calls, ({ dependsOn }) => dependsOn),
  ];
  const ordered = calls.filter(({ id }) => left.get(id) === 0);
  // The loop also visits calls added during the loop.
  for (const { id } of ordered) {
    for (const next of laterCalls.flatMap((all) => all.get(id) ?? [])) {
      const count = (left.get(next.id) ?? 0) - 1;
      left.set(next.id, count);
      if (count === 0) ordered.push(next);
    }
  }
  return ordered;
}

/** Groups calls by the ids of their earlier calls. */
function byEarlier(
  calls: readonly Call[],
  earlierThan: (call: Call) => readonly string[],
): ReadonlyMap<string, readonly Call[]> {
  const later = new Map<string, Call[]>();
  for (const call of calls) {
    for (const id of earlierThan(call)) addToMultimap(later, id, call);
  }
  return later;
}
