import type { Api } from "../../api/api.js";
import type { Behavior } from "../../core/behavior/behavior.js";
import { getAbsencePatienceMs, getLeastPatienceMs, getPatienceMs } from "../../core/behavior/behavior.js";
import { roomKind } from "../../core/state/forgotten.js";
import type { Intent } from "../../core/state/state.js";
import type { Clock } from "../../core/time/clock.js";

export interface PatienceInput {
  readonly api: Api;
  readonly clock: Clock;
  /** The wanted time to wait for a created object to show, in milliseconds: see `getAbsencePatienceMs`. */
  readonly patienceMs: number;
  /** The most time to wait, in milliseconds, where the service says that it refused the creates. Missing: as long as the patience. */
  readonly mostMs?: number;
}

/** A create whose object a slow service may still show. */
export interface Undecided {
  readonly intent: Intent;
  /** True if the object counts as absent once the time is over; false: the create then stays uncertain. */
  readonly countsAsAbsent: boolean;
}

/**
 * Returns the time that the latest of these creates may still take to show, in milliseconds: at most the patience, also after
 * a timestamp of a clock that was ahead. Refused creates are not waited for.
 */
export function remainingPatience(
  undecided: readonly Undecided[],
  start: number,
  input: PatienceInput,
  behavior: Behavior | undefined,
): number {
  const { clock, mostMs = Infinity } = input;
  const waitedMs = clock.monotonic() - start;
  const left = undecided
    .filter(({ intent }) => intent.refused !== true)
    .map((one) => {
      const patienceMs = Math.min(mostMs, getOwnPatienceMs(one, input, behavior));
      return Math.min(patienceMs - getAgeMs(one.intent, input), patienceMs - waitedMs);
    });
  return Math.max(...left);
}

/** Returns the time to wait for one object, in milliseconds. A room shows in the listing of chats, a message in its chat. */
function getOwnPatienceMs(
  { intent, countsAsAbsent }: Undecided,
  { patienceMs, clock }: PatienceInput,
  behavior: Behavior | undefined,
): number {
  const now = clock.now();
  const isRoom = intent.kind === roomKind;
  const key = isRoom ? "listLagMs" : "readLagMs";
  if (!countsAsAbsent) return getPatienceMs(patienceMs, behavior, key, now);
  const ownMs = getAbsencePatienceMs(patienceMs, behavior, key, now);
  return isRoom ? Math.max(ownMs, getLeastPatienceMs(behavior, "readLagMs", now) ?? 0) : ownMs;
}

/** Returns the time since a create was given up, or else sent: by the service's clock if it is known, since two machines may differ. */
function getAgeMs({ at, sent }: Intent, { api, clock }: PatienceInput): number {
  const serviceTime = api.serviceTime();
  return sent === undefined || serviceTime === undefined
    ? clock.now() - Date.parse(at)
    : serviceTime.from - Date.parse(sent.to ?? sent.from);
}
