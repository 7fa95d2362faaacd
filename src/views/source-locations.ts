import type { Address } from "../core/address.js";
import type { SourceRange } from "../core/diagnostic.js";

/** Returns the path of a file relative to the root of the repository, by which services that show reports know the file. */
export type ToReportPath = (file: string) => string;

/** Places of declared resources in the config files. */
export interface SourceLocations {
  /** By address: the place of the name of each declared resource, and of each block for many users (`userSettings/agents`). */
  readonly declared: ReadonlyMap<Address, SourceRange>;
  readonly toReportPath: ToReportPath;
}
