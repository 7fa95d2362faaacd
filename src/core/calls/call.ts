import type { Address } from "../address.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Id } from "./reference.js";

/** A change that a call makes to its resource's attributes: a value set, or elements added to or removed from a set. */
export type Effect =
  | { readonly path: Pointer; readonly set: Json }
  | { readonly path: Pointer; readonly add: readonly Json[] }
  | { readonly path: Pointer; readonly remove: readonly Json[] };

/**
 * A condition for a call to succeed: an attribute of another resource has this value or, if it is a list, this
 * element; or with `not`, that it hasn't. It says something only about resources whose change is part of the same plan.
 */
export interface Condition {
  readonly address: Address;
  readonly path: Pointer;
  readonly value: Json;
  readonly not?: true;
}

/** A call as a kind writes it: the planner gives it its id and the ids of the calls it must wait for. */
export interface CallDraft {
  /** A name of the operations table. */
  readonly operation: string;
  /** Path parameters, unencoded. */
  readonly params: Readonly<Record<string, Id>>;
  readonly query?: Readonly<Record<string, string>>;
  /** May hold references where the value is known only while applying. */
  readonly body?: JsonObject;
  /** Positions, in the same change, of the calls that must succeed first. */
  readonly follows?: readonly number[];
  /** Positions, in the same change, of the calls that must have ended first, well or not. */
  readonly after?: readonly number[];
  /** The call comes after the calls that make these true, and before those that make them untrue. */
  readonly while?: readonly Condition[];
  /** Fields that other calls refer to, with the place of each in this call's response: `{ jid: "/jid" }`. */
  readonly captures?: Readonly<Record<string, Pointer>>;
  readonly effects: readonly Effect[];
}

/** One API call of a plan. Plain JSON. */
export interface Call extends Omit<CallDraft, "follows" | "after" | "while"> {
  /** Unique in the plan: `rooms/incident-bridge#2`, the second call of that change. */
  readonly id: string;
  /** Ids of the calls that must succeed first, sorted. */
  readonly dependsOn: readonly string[];
  /** Ids of the calls that must have ended first, well or not, sorted. Missing: none. */
  readonly waitsFor?: readonly string[];
}
