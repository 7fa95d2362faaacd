import type { Call } from "../../core/calls/call.js";
import type { Counts } from "../../core/plan/counts.js";
import { toCounts } from "../../core/plan/counts.js";
import type { ApplyResult } from "../../engine/events.js";
import { isDone } from "../../engine/events.js";

type Ended = ApplyResult["results"] extends ReadonlyMap<string, infer One> ? One : never;

/** Returns the numbers of changes that an apply completed, and of people whom it removed, also by changes that then failed. */
export function applyCounts({ results, moved = [], leftAlone }: ApplyResult): Counts {
  const all = [...results.values()];
  const changes = all.map((one) => ({
    action: isDone(one.result) ? one.change.action : ("no-op" as const),
    calls: acceptedCalls(one),
  }));
  const lost = all.filter(({ result }) => result.status === "uncertain").map(() => ({}));
  return toCounts(changes, moved, [...leftAlone, ...lost]);
}

function acceptedCalls({ change, result }: Ended): readonly Call[] {
  if ("accepted" in result) return result.accepted;
  return isDone(result) || result.status === "not-taken" ? change.calls : [];
}
