import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import type { Problem } from "../problem.js";
import type { FileBytes } from "../files/file-set.js";
import type { PlaceOf } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";

/** The member of a block that holds its rows. */
export const rowsMember = "forEach";

/** One of the rows that a block is written for. */
export interface Row {
  /** The values of `${each.NAME}` by name; null for an empty cell. */
  readonly values: Readonly<Record<string, Json>>;
  /** The problems of cells without a value, by name: they matter only where the cell is used. */
  readonly unusable?: Readonly<Record<string, Problem>>;
  /** The row's path in its file: member names and list positions. In a CSV file, the number of the row. */
  readonly path: readonly string[];
  /** Returns the path of a value; the row's own path for its key, and for a row that is a single value. */
  cellPath(name: string): readonly string[];
  /** Returns the row's place: it is needed for problems only. */
  place(): Place;
}

/** Rows, and the problems of what they were read from. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly diagnostics: readonly Diagnostic[];
  /** The file of the rows. Missing: they are written in the config file. */
  readonly source?: RowSource;
}

/** A file of rows. */
export interface RowSource extends FileBytes {
  /** Takes the paths of rows and of their values. */
  readonly placeOf: PlaceOf;
}

/** A block that is written for rows. */
export interface Template {
  /** The block's path in its file: `["rooms", "${each.name}"]`. */
  readonly at: readonly [outer: string, name: string];
  readonly rows: Rows;
}
