import { shellWord } from "../core/shell-word.js";
import type { Address } from "../core/address.js";
import { addressMatcher, isWithin } from "../core/address.js";
import { matchAnyPattern, unmatchedPatterns } from "../core/address-patterns.js";
import type { ForgottenRoom } from "../core/state/forgotten.js";
import { forgottenRoomText, roomKind } from "../core/state/forgotten.js";
import { idKey } from "../core/jid.js";
import { asJson, byCodeUnit, sameJson } from "../core/json/json.js";
import type { Move } from "../core/state/moved-addresses.js";
import {
  findPendingMoves,
  findTakenMoves,
  moveObstacle,
  takenHelp,
  takenText,
} from "../core/state/state-moves.js";
import { nearest } from "../core/nearest.js";
import type { JournalEntry, RecordedResource, State } from "../core/state/state.js";
import { stateAddresses } from "../core/state/state.js";
import { StateError } from "./errors.js";

/** Returns the forgotten rooms at addresses that match a pattern. */
function forgottenMatching({ forgotten = [] }: State, pattern: string): readonly ForgottenRoom[] {
  const matches = addressMatcher(pattern);
  return forgotten.filter(({ address }) => getPrefixes(address).some(matches));
}

/**
 * Returns the moves of a resource and everything in it to another address: `rooms/a` with `rooms/a/messages/x`.
 *
 * @throws StateError address-unknown; address-taken when the new address is in use, or isn't possible for the resource
 */
export function moveAddress(state: State, from: Address, to: Address, location: string): readonly Move[] {
  const known = [...stateAddresses(state), ...(state.forgotten ?? []).map(({ address }) => address)];
  if (!known.some((address) => isWithin(address, from))) throw unknownAddressError(state, from, location);
  const obstacle = moveObstacle({ from, to });
  if (obstacle !== undefined)
    throw taken(location, obstacle, "To list the addresses of the state: chatform state list");
  const moves = from === to ? [] : findPendingMoves(state, [{ from, to }]);
  const [first] = findTakenMoves(state, moves);
  if (first === undefined) return moves;
  throw taken(location, takenText(first), takenHelp(first));
}

export interface ForgetOptions {
  /** Keep no jids of the rooms, and drop the jids of rooms that were forgotten earlier. */
  readonly purge: boolean;
  /** The time of forgetting: ISO 8601, UTC. */
  readonly at: string;
}

/**
 * Returns the entries that make the state forget resources and everything in them. The live objects are left alone. The
 * state keeps the jids of rooms, unless they are purged.
 *
 * @param patterns addresses, with `*` and `**`
 * @throws StateError address-unknown for a pattern without a match
 */
export function forgetAddresses(
  state: State,
  patterns: readonly string[],
  { purge, at }: ForgetOptions,
  location: string,
): readonly JournalEntry[] {
  const all = stateAddresses(state);
  const before = purge ? (state.forgotten ?? []).map(({ address }) => address) : [];
  const [unknown] = unmatchedPatterns(patterns, [...all, ...before].flatMap(getPrefixes));
  if (unknown !== undefined) throw unknownAddressError(state, unknown, location);
  const matches = matchAnyPattern(patterns);
  const isChosen = (address: Address): boolean => getPrefixes(address).some(matches);
  const forgotten = new Set(all.filter(isChosen));
  const purged = new Set(before.filter(isChosen));
  return [
    ...[...forgotten].sort(byCodeUnit).map((address): JournalEntry => {
      const entry = { type: "record", address, resource: null } as const;
      return purge ? entry : { ...entry, at };
    }),
    ...[...purged].sort(byCodeUnit).map((address): JournalEntry => ({ type: "forgotten-purged", address })),
  ];
}

/**
 * Checks whether an existing room or message can be recorded at an address.
 *
 * @returns "recorded" where the address already records that room or message
 * @throws StateError address-taken where the address records another one, or another address records that one
 */
export function checkAdoption(
  state: State | undefined,
  wanted: { readonly address: Address; readonly kind: string; readonly id: string },
  location: string,
): "free" | "recorded" {
  const { address, kind, id } = wanted;
  const isSame = (other: RecordedResource): boolean => other.kind === kind && idKey(other.id) === idKey(id);
  const recorded = state?.resources[address];
  if (recorded !== undefined && isSame(recorded)) return "recorded";
  if (recorded !== undefined) {
    throw taken(
      location,
      `${address} is recorded as ${recordedText(recorded)}. Nothing was changed.`,
      `To record ${id} there instead: chatform state forget ${shellWord(address)}, then chatform import ${shellWord(address)} ${shellWord(id)}`,
    );
  }
  const other = Object.entries(state?.resources ?? {}).find(([, resource]) => isSame(resource));
  if (other === undefined) return "free";
  const [otherAddress, resource] = other;
  throw taken(
    location,
    `${recordedText(resource)} is recorded as ${otherAddress}. Nothing was changed.`,
    `To give it the new address: chatform state mv ${shellWord(otherAddress)} ${shellWord(address)}`,
  );
}

/** Describes a recorded room: `adhoc-…@conference.acme.orgspan.com ("Lobby")`. */
export function recordedText({ id, applied }: RecordedResource): string {
  const { subject } = applied;
  return forgottenRoomText({ jid: id, ...(typeof subject === "string" ? { subject } : {}) });
}

/** Returns an address and all addresses that it is within. */
function getPrefixes(address: Address): readonly Address[] {
  const segments = address.split("/");
  return segments.map((_, at) => segments.slice(0, at + 1).join("/"));
}

/**
 * Returns the state to store for `state push`, with a new serial.
 *
 * @param current the stored state; undefined: there is none, or it can't be read
 * @throws StateError push-refused for an unrelated or older state that differs, unless forced
 */
export function stateToPush(
  state: State,
  current: State | undefined,
  force: boolean,
  location: string,
): State {
  if (current === undefined) return { ...state, serial: Math.max(state.serial, 1) };
  const refuse = (detail: string): StateError =>
    new StateError({
      code: "push-refused",
      location,
      detail,
      help: "Compare both with chatform state pull. To push this state all the same: chatform state push --force",
    });
  if (!force && state.lineage !== current.lineage)
    throw refuse(
      `The pushed state has the lineage ${state.lineage}, but the state in ${location} has ${current.lineage}.`,
    );
  // A push without a response may have stored the state with a higher serial: then it can be repeated.
  const isStored = sameJson(asJson({ ...state, serial: 0 }), asJson({ ...current, serial: 0 }));
  if (!force && state.serial < current.serial && !isStored)
    throw refuse(
      `The pushed state has serial ${state.serial}, but the state in ${location} is newer: serial ${current.serial}.`,
    );
  const [lost] = force ? [] : lostRooms(state, current);
  if (lost !== undefined)
    throw refuse(
      `The state in ${location} has a room that the pushed state lacks: ${lost}. Rooms can't be listed, so its jid would be lost.`,
    );
  return { ...state, serial: Math.max(state.serial, current.serial + 1) };
}

/** Returns the rooms of the present state whose jids its successor has nowhere. */
function lostRooms({ resources, forgotten = [] }: State, current: State): readonly string[] {
  const ids = Object.values(resources).map(({ id }) => id);
  const kept = new Set([...ids, ...forgotten.map(({ jid }) => jid)].map(idKey));
  const rooms = Object.entries(current.resources).filter(([, { kind }]) => kind === roomKind);
  return rooms.filter(([, { id }]) => !kept.has(idKey(id))).map(([address]) => address);
}

/** Returns the error for an address that the state lacks, with the closest address of the state. */
export function unknownAddressError(state: State, address: string, location: string): StateError {
  const [before] = forgottenMatching(state, address);
  if (before !== undefined) {
    return new StateError({
      code: "address-unknown",
      location,
      detail: `${address} is not in the state. It was ${forgottenRoomText(before)} until ${before.forgotten.slice(0, 10)}.`,
      help: `To drop that record too: chatform state forget --purge ${shellWord(address)}`,
    });
  }
  const close = nearest(address, stateAddresses(state));
  return new StateError({
    code: "address-unknown",
    location,
    detail: `${address} is not in the state.`,
    help: close === undefined ? "To list all addresses: chatform state list" : `Did you mean ${close}?`,
  });
}

function taken(location: string, detail: string, help: string): StateError {
  return new StateError({ code: "address-taken", location, detail, help });
}
