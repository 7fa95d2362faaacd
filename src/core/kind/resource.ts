import type { Address } from "../address.js";
import type { Id, Ref } from "../calls/reference.js";
import type { JsonObject } from "../json/json.js";
import type { PeopleLists } from "../people/people-lists.js";
import type { SharedOrigin } from "../people/shared-declaration.js";
import type { OnRemove } from "./resource-change.js";
import type { Pointer } from "../json/pointer.js";

/** A declared resource as its kind expands it: the desired values, in the API's field names. */
export interface Resource {
  readonly address: Address;
  readonly kind: string;
  /** The id, if the config gives it: a room's jid, a user. Otherwise the state has the id. */
  readonly id?: Id;
  /** The id of the room or user that holds the resource, where its calls need one. */
  readonly container?: Id;
  /** Declared attributes only. May hold references. */
  readonly attributes: JsonObject;
  /** The kind's own settings for its `goal`: `{ participantsMode: "additive" }`. */
  readonly options?: JsonObject;
  /** Top-level attributes that are not compared once the resource exists. */
  readonly ignore?: readonly string[];
  readonly protect?: boolean;
  readonly onRemove?: OnRemove;
  /** Addresses that are created earlier, only for their order. References imply theirs. */
  readonly after?: readonly Address[];
  /** Addresses that must exist, besides the referenced ones. */
  readonly needs?: readonly Address[];
  /** The people that each entry of the lists of people gives. Missing until references to people are replaced. */
  readonly lists?: PeopleLists;
  /** The block for many users that gives attributes or is overruled. Missing: the resource has its own block only. */
  readonly from?: SharedOrigin;
  /** The place in the desired state. */
  readonly pointer: Pointer;
}

/** A resource whose references are replaced by values, as far as known. */
export interface ResolvedResource extends Optional<Omit<Resource, "id" | "container">> {
  readonly id?: string | undefined;
  /** The source of the id, if another change of the same plan makes it. */
  readonly idFrom?: Ref | undefined;
  /** A reference while the container has yet to be created. */
  readonly container?: Id | undefined;
  /** The values that the state records as applied. */
  readonly applied?: JsonObject | undefined;
}

/** The same members; optional ones may also be undefined. */
type Optional<T> = {
  readonly [Member in keyof T]: undefined extends T[Member] ? T[Member] | undefined : T[Member];
};
