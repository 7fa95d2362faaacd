import type { KnownBehavior } from "../behavior/behavior.js";
import { countRequests } from "../kind/join-reads.js";
import type { Kinds } from "../kind/kinds.js";
import { getKind } from "../kind/kinds.js";
import type { Read } from "../kind/read.js";
import { getEffectReads } from "../kind/read-back.js";
import type { Change } from "./change.js";
import type { Cost } from "./plan.js";
import { expectedReadBacks } from "./read-backs.js";
import type { RequestBudget } from "./request-budget.js";
import { getSeconds, withNewTokens } from "./request-budget.js";

/**
 * Returns the cost of applying changes: every request counts, also those that read live values again.
 *
 * @param isSaved true for a plan that a later run applies: it reads the org and the live values once more
 */
export function getCost(
  changes: readonly Change[],
  kinds: Kinds,
  budget: RequestBudget,
  isSaved: boolean,
  behavior: KnownBehavior = () => undefined,
): Cost {
  const calls = changes.reduce((sum, change) => sum + change.calls.length, 0);
  const { perMinute: callsPerMinute, faster } = budget;
  if (calls === 0) return { calls, requests: 0, callsPerMinute, seconds: 0 };
  const changed = changes.filter((change) => change.calls.length > 0);
  const requests =
    calls + countReadBacks(changed, kinds, behavior) + (isSaved ? countRereads(changed, kinds) + 1 : 0);
  const seconds = Math.ceil(getSeconds(requests, isSaved ? withNewTokens(budget) : budget));
  return { calls, requests, callsPerMinute, seconds, ...(faster === undefined ? {} : { faster }) };
}

/** Returns the number of requests that read changes back. */
function countReadBacks(changes: readonly Change[], kinds: Kinds, behavior: KnownBehavior): number {
  const reads = expectedReadBacks(changes, kinds, behavior).flatMap((change) => {
    const effects = change.calls.flatMap((call) => call.effects);
    return getEffectReads(getKind(kinds, change.kind), toResource(change, change.after), effects);
  });
  return countRequests(reads);
}

/** Returns the number of requests that read the live values again that a saved plan changes. */
function countRereads(changes: readonly Change[], kinds: Kinds): number {
  return countRequests(rereads(changes, kinds));
}

/** Hot path: the reads of 100,000 changes need no list. */
function* rereads(changes: readonly Change[], kinds: Kinds): Generator<Read> {
  for (const change of changes)
    if (change.before !== null)
      yield* getKind(kinds, change.kind).live.reads(toResource(change, change.before));
}

/** Returns a change's resource for counting its reads. An id that is not known yet stands for itself. */
function toResource({ address, kind, id, container }: Change, attributes: Change["after"]) {
  return {
    address,
    kind,
    id: id ?? address,
    container: container ?? address.slice(0, address.lastIndexOf("/")),
    attributes: attributes ?? {},
    applied: attributes ?? {},
    pointer: "",
  };
}
