import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json.js";
import { byCodeUnit, isObject } from "../core/json.js";
import type { Kind, Place, Resource } from "../core/kind.js";
import { pointer } from "../core/pointer.js";
import type { Merged } from "./merge.js";

export interface Expanded {
  /** Sorted by address. */
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies the kinds' rules to the merged document, and expands it into resources. Kinds see valid blocks only: those with
 * a problem in them are left out.
 */
export function expand(merged: Merged, kinds: readonly Kind[], problems: readonly Diagnostic[]): Expanded {
  const errors = problems.filter(({ severity }) => severity === "error");
  const resources: Resource[] = [];
  const diagnostics: Diagnostic[] = [];
  const blocks = new Map<string, ReturnType<typeof blocksAt>>();
  for (const kind of kinds) {
    const found = blocks.get(kind.at) ?? blocksAt(merged.document, kind.at);
    blocks.set(kind.at, found);
    for (const [block, place] of found) {
      if (errors.length > 0 && isBroken(merged, place, errors)) continue;
      for (const { pointer: at, atKey = false, ...problem } of kind.check(block, place)) {
        diagnostics.push({ severity: "error", ...problem, ...merged.locate(at, atKey) });
      }
      resources.push(...kind.expand(block, place));
    }
  }
  return { resources: resources.sort((a, b) => byCodeUnit(a.address, b.address)), diagnostics };
}

function isBroken(merged: Merged, { pointer: at }: Place, errors: readonly Diagnostic[]): boolean {
  const start = merged.locate(at, true)?.range;
  const end = merged.locate(at, false)?.range.end.offset;
  if (start === undefined || end === undefined) return true;
  return errors.some(
    ({ range }) =>
      range?.file === start.file && range.start.offset >= start.start.offset && range.start.offset <= end,
  );
}

/** The blocks that a path with `*` leads to. */
function blocksAt(document: JsonObject, path: string): readonly (readonly [JsonObject, Place])[] {
  const start: readonly (readonly [Json, Place])[] = [[document, { keys: [], pointer: "" }]];
  const found = path.split("/").reduce(
    (places, segment) =>
      places.flatMap(([value, place]): (readonly [Json, Place])[] => {
        if (!isObject(value)) return [];
        if (segment !== "*") return inside(value, segment, place, place.keys);
        return Object.keys(value).flatMap((key) => inside(value, key, place, [...place.keys, key]));
      }),
    start,
  );
  return found.flatMap(([value, place]) => (isObject(value) ? [[value, place] as const] : []));
}

function inside(
  value: JsonObject,
  name: string,
  place: Place,
  keys: readonly string[],
): (readonly [Json, Place])[] {
  const inner = value[name];
  return inner === undefined ? [] : [[inner, { keys, pointer: place.pointer + pointer(name) }]];
}
