import type { JsonObject } from "../json/json.js";
import type { OrgPeople } from "../people/org-people.js";
import type { AttributeChange, Finding } from "../plan/change.js";
import type { ResolvedResource } from "./resource.js";

/** The id of the token's user; null: a token without a user; undefined: not read. */
export type TokenUser = string | null | undefined;

/** The desired values of an existing resource: only attributes that are compared. */
export interface Goal {
  readonly attributes: JsonObject;
  readonly findings?: readonly Finding[];
}

/** A change that a kind turns into calls. */
export interface ResourceChange extends OrgPeople {
  readonly resource: ResolvedResource;
  readonly type: "create" | "update" | "delete";
  /** Live attributes; empty for a create. */
  readonly before: JsonObject;
  /** Attributes after the change; empty for a delete. May hold references. */
  readonly after: JsonObject;
  readonly attributes: readonly AttributeChange[];
}

/** Options of `onRemove`: what becomes of a resource's live object when the config no longer declares it. */
export type OnRemove = "retain" | "empty" | "reset";

/** The end of a resource that was removed from the config. */
export type Removal =
  /** The live object is kept. */
  | { readonly action: "forget" }
  | { readonly action: "delete" }
  /**
   * The `delete` calls bring the service's defaults back, and the resource is then forgotten. Only the service knows the defaults, so
   * reading back proves nothing.
   */
  | { readonly action: "to-defaults" }
  /** The live object gets the attributes that `goal` returns, and is then forgotten. `reads` has the attributes to read. */
  | {
      readonly action: "reset";
      readonly reads: JsonObject;
      readonly goal: (live: JsonObject, people: OrgPeople) => JsonObject;
    };

export interface RemovalContext {
  readonly destroy: boolean;
  /** True if the container (the room of a message) is removed too. */
  readonly containerRemoved: boolean;
  readonly original: JsonObject;
}
