import type { Loaded } from "../../config/load.js";
import type { Address } from "../../core/address.js";
import type { Place } from "../../config/read/source.js";
import type { Diagnostic, RelatedPlace, SourceRange } from "../../core/diagnostic.js";
import type { Pointer } from "../../core/json/pointer.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { SourceLocations } from "../../views/source-locations.js";
import type { State } from "../../core/state/state.js";
import { getRecordedEmails } from "../../engine/people/recorded-entries.js";
import { withUsers } from "../../core/people/with-users.js";
import type { Context } from "../context.js";
import { pathFromRoot } from "./source-root.js";

/**
 * Adds the place in the config files to each problem that is about a declared resource, a user or a source. The place of a user or
 * source is in the resource, if the problem is about both.
 */
export function withPlaces(diagnostics: readonly Diagnostic[], loaded: Loaded): readonly Diagnostic[] {
  if (diagnostics.every(({ range }) => range !== undefined)) return diagnostics;
  const places = loaded.places;
  const pointers = blockPointers(loaded);
  return diagnostics.map((diagnostic) => {
    if (diagnostic.range !== undefined) return diagnostic;
    const { reference, address } = diagnostic;
    const pointer = address === undefined ? undefined : pointers.get(address);
    const [first, ...others] = reference === undefined ? [] : places.findReferences(reference, pointer);
    if (first !== undefined) {
      const related = [...(first.related ?? []), ...others.slice(0, maxOthers).map(otherPlace)];
      return { ...diagnostic, ...first, ...(related.length === 0 ? {} : { related }) };
    }
    return pointer === undefined ? diagnostic : { ...diagnostic, ...places.locate(pointer, true) };
  });
}

/** Returns a place to show beside the first: of a template that is written for several rows, the row. */
function otherPlace({ related: [row] = [], ...place }: Place): RelatedPlace {
  return { ...(row ?? place), label: "and here" };
}

/** Returns the pointers of declared resources by address, and of blocks for many users by path. */
export function blockPointers({ resources, shared }: Loaded): ReadonlyMap<string, Pointer> {
  return new Map([
    ...resources.map(({ address, pointer }) => [address, pointer] as const),
    ...shared.map(({ entry, pointer }) => [entry, pointer] as const),
  ]);
}

/** Returns the config files as paths from the root of the repository. */
export function reportFiles({ files }: Loaded, context: Context): readonly string[] {
  return files.map((file) => pathFromRoot(file, context));
}

/** Returns the places of the declared resources, and of blocks for many users, in the config files. */
export function sourceLocations(loaded: Loaded, context: Context): SourceLocations {
  const places = loaded.places;
  const declared = [...blockPointers(loaded)].flatMap(
    ([address, pointer]): (readonly [Address, SourceRange])[] => {
      const range = places.locate(pointer, true)?.range;
      return range === undefined ? [] : [[address, range]];
    },
  );
  // Finding the root reads the disk: do so once per file, not per resource.
  const paths = new Map(loaded.files.map((file) => [file, pathFromRoot(file, context)]));
  return {
    declared: new Map(declared),
    toReportPath: (file) => paths.get(file) ?? pathFromRoot(file, context),
  };
}

/**
 * Does work with the config's resources; problems that it throws get their places in the config files, and the e-mails of users as the
 * state knows them.
 */
export async function withErrorPlaces<T>(
  loaded: Loaded,
  state: State | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    const named = withUsers(error.diagnostics, getRecordedEmails(state));
    throw new DiagnosticsError(withPlaces(named, loaded));
  }
}

/** Most places shown beside the first. */
const maxOthers = 3;
