import type { Json } from "../json/json.js";
import { byCodeUnit, isArray, sameJson } from "../json/json.js";
import type { BehaviorKey, BehaviorValue } from "./unknowns.js";
import { unknowns } from "./unknowns.js";

/** An observed behavior of the service. Plain data. */
export interface Observation {
  /** See `unknowns`. */
  readonly value: Json;
  /** The time of the observation: ISO 8601, UTC. */
  readonly date: string;
  /** A sentence about what was observed, for people. */
  readonly evidence: string;
  /** For a refusal: the service's message with ids replaced, which tells this refusal from others of the same status. */
  readonly reason?: string;
}

/** Observed behaviors by key. A missing key: unknown. A newer version of chatform may have written keys that this one does not know. */
export type Behavior = Readonly<Record<string, Observation>>;

/** A room that a probe works in. */
export interface ProbeRoom {
  /** The id of the token's user who created the room. */
  readonly user: string;
  /** The time before the create was sent: ISO 8601, UTC. */
  readonly at: string;
  /** Missing: the create was sent, or may have been, and its outcome is unknown. */
  readonly jid?: string;
  /** True until a request may have changed its participants: it still shows what the create made. */
  readonly isNew?: true;
}

const dayMs = 24 * 60 * 60_000;

/** The service is updated without notice: an older observation proves nothing. In milliseconds. */
const validMs = 90 * dayMs;

/** An equal observation renews an older one, and leaves a newer one as it is: runs in a row write nothing. In milliseconds. */
const renewMs = 7 * dayMs;

/** A clock that is ahead by more makes a date worthless. In milliseconds. */
const clockToleranceMs = dayMs;

/** Returns the value of a behavior; undefined if the behavior is unknown or the observation is too old. @param now milliseconds since 1970 */
export function getBehavior<K extends BehaviorKey>(
  behavior: Behavior | undefined,
  key: K,
  now: number,
): BehaviorValue<K> | undefined {
  const observation = getObservation(behavior, key, now);
  // `isPossible` has compared the value with the table.
  return observation?.value as BehaviorValue<K> | undefined;
}

/** Returns an observation that still counts; undefined if there is none. @param now milliseconds since 1970 */
export function getObservation(
  behavior: Behavior | undefined,
  key: BehaviorKey,
  now: number,
): Observation | undefined {
  if (behavior === undefined || !Object.hasOwn(behavior, key)) return undefined;
  const observation = behavior[key];
  if (observation === undefined || !isPossible(key, observation.value)) return undefined;
  return isValid(observation, now) ? observation : undefined;
}

/** Returns true if an observation is recent enough to rely on. */
export function isValid({ date }: Observation, now: number): boolean {
  const age = now - Date.parse(date);
  return age <= validMs && age >= -clockToleranceMs;
}

/** Returns true if a value is one that the table lists. A state can be edited, or written by another version. */
function isPossible(key: BehaviorKey, value: Json): boolean {
  const { values } = unknowns[key];
  switch (values) {
    case "milliseconds":
      return typeof value === "number" && value >= 0;
    case "count":
      return Number.isInteger(value) && Number(value) >= 1;
    case "status":
      return typeof value === "string";
    case "operations":
      return isArray(value) && value.every((one) => typeof one === "string");
    default:
      return (values as readonly Json[]).includes(value);
  }
}

/**
 * Returns the observations that change what is known. An equal observation changes nothing unless the known one is old; a shorter
 * time changes nothing as long as the known one is valid, since the longest time counts.
 *
 * @param now milliseconds since 1970
 */
export function newObservations(known: Behavior | undefined, observed: Behavior, now: number): Behavior {
  return Object.fromEntries(
    Object.entries(observed).filter(([key, { value, reason }]) => {
      const before = known !== undefined && Object.hasOwn(known, key) ? known[key] : undefined;
      if (before === undefined || !isValid(before, now)) return true;
      const isShorter = isTime(key) && typeof value === "number" && value < Number(before.value);
      if (isShorter) return false;
      const isEqual = isSameValue(before.value, value) && before.reason === reason;
      return !isEqual || now - Date.parse(before.date) > renewMs;
    }),
  );
}

function isSameValue(one: Json, other: Json): boolean {
  return sameJson({ value: one }, { value: other });
}

function isTime(key: string): boolean {
  return key in unknowns && unknowns[key as BehaviorKey].values === "milliseconds";
}

/** Returns a behavior with observations added or replaced; null removes one that was contradicted. */
export function withObservations(
  behavior: Behavior,
  observed: Readonly<Record<string, Observation | null>>,
): Behavior {
  const all = Object.entries({ ...behavior, ...observed });
  return Object.fromEntries(
    all
      .filter((entry): entry is [string, Observation] => entry[1] !== null)
      .sort(([a], [b]) => byCodeUnit(a, b)),
  );
}

/** Returns the rooms of probes with the one of a user replaced, or removed. */
export function withProbeRoom(
  rooms: readonly ProbeRoom[],
  user: string,
  room: Omit<ProbeRoom, "user"> | null,
): readonly ProbeRoom[] {
  const others = rooms.filter((one) => one.user !== user);
  return room === null ? others : [...others, { user, ...room }];
}

/** The bounds in which times are recorded, in milliseconds: a second measurement gives the same bound. */
const bounds = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/** Returns the bound of a measured time. */
export function toBound(ms: number): number {
  return bounds.find((bound) => ms <= bound) ?? Math.ceil(ms / 100_000) * 100_000;
}

/** The least time to wait for a write whose lag is known: reads are slower at times. In milliseconds. */
const minPatienceMs = 10_000;

/** The safety factor of a measured lag. */
const lagFactor = 10;

/** The default of --patience, in milliseconds: the time after which a write that does not show counts as not confirmed. */
export const defaultPatienceMs = 30_000;

/**
 * Returns the time to wait until a write shows, in milliseconds: the default follows the measured lag, ten times as long and at least
 * 10 s; another time is what the user wants.
 *
 * @param now milliseconds since 1970
 */
export function getPatienceMs(
  wantedMs: number,
  behavior: Behavior | undefined,
  key: "readLagMs" | "listLagMs",
  now: number,
): number {
  const lagMs = wantedMs === defaultPatienceMs ? getBehavior(behavior, key, now) : undefined;
  return lagMs === undefined ? wantedMs : Math.max(minPatienceMs, lagMs * lagFactor);
}

/** The safety factor of a measured lag where the user wants another patience than the default. */
const leastLagFactor = 2;

/**
 * Returns the time after which an object that does not show counts as absent, in milliseconds. What counts as absent is created again:
 * a short patience that the user wants does not go below twice the measured lag, or the default where no lag is known.
 *
 * @param now milliseconds since 1970
 */
export function getAbsencePatienceMs(
  wantedMs: number,
  behavior: Behavior | undefined,
  key: "readLagMs" | "listLagMs",
  now: number,
): number {
  if (wantedMs === defaultPatienceMs) return getPatienceMs(wantedMs, behavior, key, now);
  return Math.max(wantedMs, getLeastPatienceMs(behavior, key, now) ?? defaultPatienceMs);
}

/** Returns the time that a write surely takes to show, in milliseconds; undefined where no lag is known. @param now milliseconds since 1970 */
export function getLeastPatienceMs(
  behavior: Behavior | undefined,
  key: "readLagMs" | "listLagMs",
  now: number,
): number | undefined {
  const lagMs = getBehavior(behavior, key, now);
  return lagMs === undefined ? undefined : lagMs * leastLagFactor;
}

/** Tells the value of a behavior; undefined if it is unknown. */
export type KnownBehavior = <K extends BehaviorKey>(key: K) => BehaviorValue<K> | undefined;

/** Returns what is known of the behavior at a time. @param now milliseconds since 1970 */
export function toKnownBehavior(behavior: Behavior | undefined, now: number): KnownBehavior {
  return (key) => getBehavior(behavior, key, now);
}

const ids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^\s@]+@[^\s@]+/gi;

/** Returns the message of a refusal with ids and jids replaced, equal for refusals for the same reason. */
export function toReason(message: string): string {
  return message.replaceAll(ids, "*");
}
