import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import type { Problem } from "../problem.js";
import type { Place } from "../read/source.js";

/** One of the rows that a block is written for. */
export interface Row {
  /** The values of `${each.NAME}` by name; null for an empty cell. */
  readonly values: Readonly<Record<string, Json>>;
  /** The problems of cells without a value, by name: they matter only where the cell is used. */
  readonly unusable?: Readonly<Record<string, Problem>>;
  /** Returns the row's place: it is needed for problems only. */
  place(): Place;
}

/** Rows, and the problems of what they were read from. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly diagnostics: readonly Diagnostic[];
}
