import type { Call } from "../calls/call.js";
import type { Json, JsonObject } from "../json/json.js";
import { isArray } from "../json/json.js";
import type { Move } from "../state/moved-addresses.js";
import { without } from "../state/state.js";
import { withoutFollowers } from "../state/state-moves.js";
import type { Action, Change, Drift } from "./change.js";

/** The actions that are counted, in the order in which summaries name them. */
export const countedActions = [
  "create",
  "update",
  "delete",
  "adopt",
  "forget",
] as const satisfies readonly Action[];

/** The changes of a plan, an apply or an audit, in numbers. */
export interface Counts extends Readonly<Record<(typeof countedActions)[number], number>> {
  /** Renamed addresses, without those that follow their room. */
  readonly move: number;
  /** Creates of earlier runs of which it is still unknown whether they happened. */
  readonly uncertain: number;
  /** Participants who leave rooms. Somebody who leaves two rooms counts twice. */
  readonly removedPeople: number;
}

/** Returns the numbers of changes, by action. */
export function countActions(
  changes: readonly { readonly action: Action }[],
): Pick<Counts, (typeof countedActions)[number]> {
  const counts = { create: 0, update: 0, delete: 0, adopt: 0, forget: 0 };
  for (const { action } of changes) if (action !== "no-op") counts[action] += 1;
  return counts;
}

/** Returns the numbers of changes. @param uncertain resources that are left alone, recovered ones too */
export function toCounts(
  changes: readonly Pick<Change, "action" | "calls">[],
  moves: readonly Move[],
  uncertain: readonly { readonly recovered?: true }[],
): Counts {
  return {
    ...countActions(changes),
    move: withoutFollowers(moves).length,
    uncertain: uncertain.filter(({ recovered }) => recovered !== true).length,
    removedPeople: countRemovedPeople(changes),
  };
}

/** Returns the number of participants whom the calls of changes remove from rooms. */
export function countRemovedPeople(changes: readonly { readonly calls: readonly Call[] }[]): number {
  let people = 0;
  for (const { calls } of changes)
    for (const { effects } of calls)
      for (const effect of effects)
        if ("remove" in effect && effect.path === "/participants") people += effect.remove.length;
  return people;
}

/** Participants who leave and who enter rooms. Somebody who leaves two rooms counts twice. */
export interface PeopleCounts {
  readonly removed: number;
  readonly added: number;
}

/** Returns the numbers of participants whom drift removes from and adds to rooms: outside, or where a repair follows the sources. */
export function countPeopleInDrift(drift: readonly Drift[]): PeopleCounts {
  let [removed, added] = [0, 0];
  for (const { before, after, paths } of drift) {
    if (after === null || !paths.includes("/participants")) continue;
    const [then, now] = [participantsIn(before), participantsIn(after)];
    removed += without(then, now).length;
    added += without(now, then).length;
  }
  return { removed, added };
}

function participantsIn({ participants }: JsonObject): readonly Json[] {
  return isArray(participants) ? participants : [];
}
