import type { Loaded } from "../../config/load.js";
import type { Address } from "../../core/address.js";
import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { SourceLocations } from "../../views/source-locations.js";
import type { Context } from "../context.js";
import { pathFromRoot } from "./source-root.js";

/** Adds the place in the config files to each problem that is about a declared resource, a user or a group. */
export function withPlaces(diagnostics: readonly Diagnostic[], loaded: Loaded): readonly Diagnostic[] {
  if (diagnostics.every(({ range }) => range !== undefined)) return diagnostics;
  const places = loaded.places;
  const pointers = new Map(loaded.resources.map(({ address, pointer }) => [address, pointer]));
  return diagnostics.map((diagnostic) => {
    if (diagnostic.range !== undefined) return diagnostic;
    const { reference, address } = diagnostic;
    if (reference !== undefined) {
      const [first, ...others] = places.findReferences(reference);
      const related = others.slice(0, maxOthers).map((place) => ({ ...place, label: "and here" }));
      return { ...diagnostic, ...first, ...(related.length === 0 ? {} : { related }) };
    }
    const pointer = address === undefined ? undefined : pointers.get(address);
    return pointer === undefined ? diagnostic : { ...diagnostic, ...places.locate(pointer, true) };
  });
}

/** Returns the places of the declared resources in the config files. */
export function sourceLocations(loaded: Loaded, context: Context): SourceLocations {
  const places = loaded.places;
  const declared = loaded.resources.flatMap(({ address, pointer }): (readonly [Address, SourceRange])[] => {
    const range = places.locate(pointer, true)?.range;
    return range === undefined ? [] : [[address, range]];
  });
  // Finding the root reads the disk: do so once per file, not per resource.
  const paths = new Map(loaded.files.map((file) => [file, pathFromRoot(file, context)]));
  return {
    declared: new Map(declared),
    toReportPath: (file) => paths.get(file) ?? pathFromRoot(file, context),
  };
}

/** Does work with the config's resources; problems that it throws get their places in the config files. */
export async function withErrorPlaces<T>(loaded: Loaded, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DiagnosticsError
      ? new DiagnosticsError(withPlaces(error.diagnostics, loaded))
      : error;
  }
}

/** Most places shown beside the first. */
const maxOthers = 3;
