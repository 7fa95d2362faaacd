import type { DiagnosticCode } from "../diagnostic-codes.js";
import type { Address } from "../address.js";
import type { Call } from "../calls/call.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Ref } from "../calls/reference.js";

export type Action = "create" | "update" | "delete" | "adopt" | "forget" | "no-op";

/** The side that changed since the last apply: the config, the live value, or both. */
export type Cause = "config" | "drift" | "conflict";

/** One attribute that a change moves. `before` is missing where it was not set, `after` where it will not be. */
export interface AttributeChange {
  readonly path: Pointer;
  readonly cause: Cause;
  readonly before?: Json;
  /** May hold references: known after apply. */
  readonly after?: Json;
}

/** Something about a change that a person should read before approving it. */
export interface Finding {
  /** Stable, kebab-case, listed in docs/diagnostics.md. */
  readonly code: DiagnosticCode;
  /**
   * `note`: good to know. `warning`: data is destroyed or something may fail. `data-loss`: needs --allow-data-loss.
   * `error`: forbids to apply the plan.
   */
  readonly severity: "note" | "warning" | "data-loss" | "error";
  readonly text: string;
}

/** An operation of a JSON Patch (RFC 6902). A list is replaced as a whole. */
export interface PatchOperation {
  readonly op: "add" | "replace";
  readonly path: Pointer;
  /** May hold references: known after apply. */
  readonly value: Json;
}

/** The change of one resource in a plan. Plain JSON. */
export interface Change {
  readonly address: Address;
  readonly kind: string;
  readonly action: Action;
  /** Live identity, where there is one already: a jid, a message id, a user id. */
  readonly id?: string;
  /** A reference to the id, if another change of the same plan creates the object. */
  readonly idFrom?: Ref;
  /** The id of what it lives in: the room's jid or the user's id of a message. */
  readonly container?: string;
  /** The id that the state has for the address until now, where the change gives it another. */
  readonly replaces?: string;
  /** Live attributes as they were read; null where there is nothing live, or it wasn't read. */
  readonly before: JsonObject | null;
  /** Attributes after apply; null where the resource leaves. */
  readonly after: JsonObject | null;
  /** Sorted by path. */
  readonly attributes: readonly AttributeChange[];
  /** The operations that turn `before` into `after`; empty where one of them is null. `attributes` follow from them. */
  readonly patch: readonly PatchOperation[];
  readonly calls: readonly Call[];
  /** The state's record after the apply; null: the state forgets the resource. The calls' effects are added to `applied`. */
  readonly record: ChangeRecord | null;
  readonly remarks: readonly Finding[];
  /** The number of existing participants, messages and pins that the change removes. */
  readonly deletions: number;
  /** The number of participants, messages and pins that exist now. */
  readonly existing: number;
}

/** The state's record of a resource, without its id. */
export interface ChangeRecord {
  /** Declared attributes that are true already. */
  readonly applied: JsonObject;
  /** Declared attributes as they were before the first change, for `destroy`. */
  readonly original?: JsonObject;
  readonly options?: JsonObject;
  readonly protect?: boolean;
  readonly onRemove?: "retain" | "empty";
}

/** A live value that differs from the recorded one, whether or not this plan restores it. */
export interface Drift {
  readonly address: Address;
  readonly kind: string;
  /** The applied values, with what belongs to them: the token's user, others in an additive room. */
  readonly before: JsonObject;
  /** The live values; null for a resource that is gone. */
  readonly after: JsonObject | null;
  readonly paths: readonly Pointer[];
}
