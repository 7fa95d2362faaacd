import type { DiagnosticCode } from "../diagnostic-codes.js";
import type { Address } from "../address.js";
import type { Call } from "../calls/call.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Ref } from "../calls/reference.js";
import type { OnRemove } from "../kind/resource-change.js";
import type { PeopleLists } from "../people/people-lists.js";
import type { RecordedOrigin } from "../people/shared-declaration.js";
import type { Because, Place } from "./because.js";

export type Action = "create" | "update" | "delete" | "adopt" | "forget" | "no-op";

/** The side that changed since the last apply: the config, the live value, both, or only a source of people. */
export type Cause = "config" | "drift" | "conflict" | "membership";

/** One changed attribute. `before` is missing if the value was not set, `after` if it will not be set. */
export interface AttributeChange {
  readonly path: Pointer;
  readonly cause: Cause;
  readonly before?: Json | undefined;
  /** May hold references: known after apply. */
  readonly after?: Json | undefined;
}

/** A note about a change to read before approving the plan. */
export interface Finding {
  /** Stable, kebab-case, listed in docs/diagnostics.md. */
  readonly code: DiagnosticCode;
  /**
   * `note`: good to know. `warning`: data is destroyed or something may fail. `data-loss`: needs --allow-data-loss.
   * `error`: forbids to apply the plan.
   */
  readonly severity: "note" | "warning" | "data-loss" | "error";
  readonly text: string;
  /** The id of the user that the finding is about. */
  readonly user?: string;
  /** The reference in the config that the finding is about, to find its place: `user:jane@example.com`. */
  readonly reference?: string;
  readonly place?: Place;
}

/** An operation of a JSON Patch (RFC 6902). A list is replaced as a whole. */
export interface PatchOperation {
  readonly op: "add" | "replace";
  readonly path: Pointer;
  /** May hold references: known after apply. */
  readonly value: Json;
}

/**
 * The change of one resource in a plan. Plain JSON. A plan may have very many of them: they are made with all members, as objects of one
 * shape take least time and memory.
 */
export interface Change {
  readonly address: Address;
  readonly kind: string;
  readonly action: Action;
  /** The id of an existing object: a jid, a message id, a user id. */
  readonly id?: string | undefined;
  /** A reference to the id, if another change of the same plan creates the object. */
  readonly idFrom?: Ref | undefined;
  /** The id of the room or user that holds the resource. */
  readonly container?: string | undefined;
  /** The recorded id of the address, if the change replaces it. */
  readonly replaces?: string | undefined;
  /** The live attributes; null if the object does not exist or was not read. */
  readonly before: JsonObject | null;
  /** The attributes after the apply; null if the resource is removed. */
  readonly after: JsonObject | null;
  /** Sorted by path. */
  readonly attributes: readonly AttributeChange[];
  /** The operations that turn `before` into `after`; empty if one of them is null. `attributes` follow from them. */
  readonly patch: readonly PatchOperation[];
  readonly calls: readonly Call[];
  /** The state's record after the apply; null: the state forgets the resource. The calls' effects are added to `applied`. */
  readonly record: ChangeRecord | null;
  readonly remarks: readonly Finding[];
  /** Why the resource, its attributes and the elements of its lists change. Not part of the checksum. */
  readonly because: readonly Because[];
  /** The number of existing participants, messages and pins that the change removes. */
  readonly deletions: number;
  /** The number of participants, messages and pins that exist now. */
  readonly existing: number;
}

/** Returns true for a removal that brings the service's defaults back: they are unknown, so reading back proves nothing. */
export function isResetToDefaults({ action, after, calls }: Change): boolean {
  return action === "forget" && after === null && calls.length > 0;
}

/** The state's record of a resource, without its id. */
export interface ChangeRecord {
  /** The declared attributes known to be applied. */
  readonly applied: JsonObject;
  /** The values of declared attributes before the first change, for `destroy`. */
  readonly original?: JsonObject;
  readonly options?: JsonObject;
  readonly protect?: boolean;
  readonly onRemove?: OnRemove;
  /** The people that each entry of the lists of people gave at the last apply. */
  readonly lists?: PeopleLists;
  /** The block for many users that the attributes come from. */
  readonly from?: RecordedOrigin;
}

/** `drift`: live values were changed outside. `membership`: a source gives other people than at the last apply. */
export type DriftClass = "drift" | "membership";

/** The changes since the last apply, whether or not this plan restores it. A resource has at most one of each class. */
export interface Drift {
  readonly address: Address;
  readonly kind: string;
  readonly class: DriftClass;
  /**
   * The applied values. `drift`: with the elements that are expected besides them: the token's user, others in an additive room.
   * `membership`: with the live values of `paths`.
   */
  readonly before: JsonObject;
  /**
   * `drift`: the live values; null for a missing resource. `membership`: `before` with the people that the sources give now; null for
   * a resource of a user who left its source.
   */
  readonly after: JsonObject | null;
  readonly paths: readonly Pointer[];
  readonly because: readonly Because[];
}
