import type { KnownBehavior } from "../behavior/behavior.js";
import type { Kinds } from "../kind/kinds.js";
import { getKind } from "../kind/kinds.js";
import type { Change } from "./change.js";
import { isResetToDefaults } from "./change.js";

/** Changes that are read back after their calls, and changes that their responses confirm. */
export interface ReadBacks<T> {
  readonly readBack: readonly T[];
  readonly confirmed: readonly T[];
}

/**
 * Splits changes into those to read back and those that the responses to their calls confirm. The first and the last confirmed change
 * of each operation are read back all the same: the service may respond with values that it did not store, or that reads do not show
 * yet.
 */
export function splitReadBacks<T>(
  items: readonly T[],
  getChange: (item: T) => Change,
  isConfirmed: (item: T) => boolean,
): ReadBacks<T> {
  const first = new Map<string, T>();
  const last = new Map<string, T>();
  const byResponse = items.map((item) => {
    if (!isConfirmed(item)) return false;
    const operation = getOperation(getChange(item));
    if (!first.has(operation)) first.set(operation, item);
    last.set(operation, item);
    return true;
  });
  const sample = new Set([...first.values(), ...last.values()]);
  const readBack: T[] = [];
  const confirmed: T[] = [];
  for (const [at, item] of items.entries())
    if (byResponse[at] === true && !sample.has(item)) confirmed.push(item);
    else readBack.push(item);
  return { readBack, confirmed };
}

/** Returns the operation of a change's first call. */
export function getOperation({ calls }: Change): string {
  return calls[0]?.operation ?? "";
}

/** Returns true if the response to a change's only call may confirm the change, as far as the behavior of the service is known. */
export function mayBeConfirmed({ kind, calls }: Change, kinds: Kinds, behavior: KnownBehavior): boolean {
  const key = getKind(kinds, kind).live.response;
  return key !== undefined && calls.length === 1 && behavior(key) !== "partial";
}

/** Returns the changes that an apply reads back if all its calls succeed and the responses confirm what they may. */
export function expectedReadBacks(
  changes: readonly Change[],
  kinds: Kinds,
  behavior: KnownBehavior,
): readonly Change[] {
  const changed = changes.filter((change) => change.calls.length > 0 && !isResetToDefaults(change));
  return splitReadBacks(
    changed,
    (change) => change,
    (change) => mayBeConfirmed(change, kinds, behavior),
  ).readBack;
}
