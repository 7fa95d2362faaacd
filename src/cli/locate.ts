import type { Loaded } from "../config/load.js";
import type { Diagnostic } from "../core/diagnostic.js";
import { DiagnosticsError } from "../core/diagnostic.js";

/** Puts problems at the places in the files that they are about. */
export async function located(
  diagnostics: readonly Diagnostic[],
  loaded: Loaded,
): Promise<readonly Diagnostic[]> {
  if (diagnostics.every(({ range }) => range !== undefined)) return diagnostics;
  const places = await loaded.places();
  const pointers = new Map(loaded.resources.map(({ address, pointer }) => [address, pointer]));
  return diagnostics.map((diagnostic) => {
    if (diagnostic.range !== undefined) return diagnostic;
    const { reference, address } = diagnostic;
    if (reference !== undefined) {
      const [first, ...others] = places.placesOf(reference);
      const related = others.slice(0, maxOthers).map((place) => ({ ...place, label: "and here" }));
      return { ...diagnostic, ...first, ...(related.length === 0 ? {} : { related }) };
    }
    const pointer = address === undefined ? undefined : pointers.get(address);
    return pointer === undefined ? diagnostic : { ...diagnostic, ...places.locate(pointer, true) };
  });
}

/** Does something about the files' resources; the problems that it throws get their places. */
export async function atTheirPlaces<T>(loaded: Loaded, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DiagnosticsError
      ? new DiagnosticsError(await located(error.diagnostics, loaded))
      : error;
  }
}

/** Places that are shown beside the first. */
const maxOthers = 3;
