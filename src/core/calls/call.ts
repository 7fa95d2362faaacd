import type { Address } from "../address.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Id } from "./reference.js";

/**
 * A change that a call makes to its resource's attributes: a value set, or elements added to or removed from a set. Members in the order
 * of their names need not be sorted for the checksum of a plan.
 */
export type Effect =
  | { readonly path: Pointer; readonly set: Json }
  | { readonly add: readonly Json[]; readonly path: Pointer }
  | { readonly path: Pointer; readonly remove: readonly Json[] };

/**
 * A condition for a call to succeed: an attribute of another resource has this value (in a list: this element), or with `not`
 * lacks it. A condition matters only if the other resource changes in the same plan.
 */
export interface Condition {
  readonly address: Address;
  readonly path: Pointer;
  readonly value: Json;
  readonly not?: true;
}

/** A call as its kind returns it, before the planner adds its id and its dependencies. */
export interface CallDraft {
  /** A name of the operations table. */
  readonly operation: string;
  /** Path parameters, unencoded. */
  readonly params: Readonly<Record<string, Id>>;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** May hold references to values that are known only during the apply. */
  readonly body?: JsonObject | undefined;
  /** Positions, in the same change, of the calls that must succeed first. */
  readonly follows?: readonly number[] | undefined;
  /** Positions, in the same change, of the calls that must have ended first, successfully or not. */
  readonly after?: readonly number[] | undefined;
  /** The call comes after the calls that make these true, and before those that make them untrue. */
  readonly while?: readonly Condition[] | undefined;
  /** Fields that other calls refer to, with the place of each in this call's response: `{ jid: "/jid" }`. */
  readonly captures?: Readonly<Record<string, Pointer>> | undefined;
  readonly effects: readonly Effect[];
}

/** One API call of a plan. Plain JSON. */
export interface Call extends Omit<CallDraft, "follows" | "after" | "while"> {
  /** Unique in the plan: `rooms/incident-bridge#2`, the second call of that change. */
  readonly id: string;
  /** Ids of the calls that must succeed first, sorted. */
  readonly dependsOn: readonly string[];
  /** Ids of the calls that must have ended first, successfully or not, sorted. Missing: none. */
  readonly waitsFor?: readonly string[] | undefined;
}

/** Returns the id of a change's call. @param at its position in the change, from 0 */
export function callId(address: Address, at: number): string {
  return `${address}#${at + 1}`;
}
