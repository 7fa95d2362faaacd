import type { Json } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import type { PlaceOf } from "./read/read-yaml.js";

/** A file as plain data, with the values of variables and rows inserted; null in the place of values that could not be read. */
export interface Document {
  readonly value: Json;
  /** Returns the text that gave a value, as it is in the file: with its references. undefined for a value that was no text. */
  readonly textAt: (at: Pointer) => string | undefined;
  /** Pointers of values that could not be read, such as texts with an undefined variable in them. */
  readonly unresolved: ReadonlySet<string>;
  /** Pointers of mappings that lack a key because it could not be read. */
  readonly partial: ReadonlySet<string>;
  /** If there is no such value: the place of the innermost value around it. */
  readonly placeOf: PlaceOf;
}
