import type { Pointer } from "../json/pointer.js";

export type Reason =
  | "declared"
  | "no-longer-declared"
  | "changed-in-config"
  | "changed-outside"
  | "added-outside"
  | "removed-outside"
  | "joined-source"
  | "left-source"
  | "joined-excepted"
  | "departed"
  | "recreated"
  | "not-in-config"
  | "destroyed"
  | "both-changed";

/** A place in a config file. `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The row that a template with `forEach` was written for. */
  readonly row?: Omit<Place, "row">;
}

/** Why a change, an attribute of it or an element of a list changes. Plain JSON. */
export interface Because {
  /** The attribute. Missing: the whole resource. */
  readonly path?: Pointer;
  /** The element: a user id. Missing: the whole attribute. */
  readonly user?: string;
  readonly reason: Reason;
  /** The entry of the list that gives or gave the user, for people: "group Support". */
  readonly source?: string;
  /** The end of a sentence about the change: "left group Support". */
  readonly text: string;
  /** The entry of the list as a reference, to find its place: `group:Support`. */
  readonly reference?: string;
  readonly place?: Place;
}
