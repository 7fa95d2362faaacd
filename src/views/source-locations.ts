import type { Address } from "../core/address.js";
import type { SourceRange } from "../core/diagnostic.js";

/** The path by which a service that shows reports knows a file. */
export type PathOf = (file: string) => string;

/** Where the things that a report is about stand in the files. */
export interface SourceLocations {
  /** The name of each declared resource. What left the files, or was only ever live, is not among them. */
  readonly declared: ReadonlyMap<Address, SourceRange>;
  readonly pathOf: PathOf;
}
