import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import { checkSchema } from "../schema/check-schema.js";
import { expand } from "../expand.js";
import type { FileBytes } from "./files.js";
import type { Variables } from "../variables/interpolate.js";
import type { Part } from "../merge.js";
import { Merged } from "../merge.js";
import { parse } from "./parse.js";
import type { ReadFiles } from "./plain.js";
import type { Place } from "./source.js";
import { placeOf } from "./source.js";
import { valueOf } from "./yaml-value.js";

/** Where things stand in the files. */
export interface Places {
  /** The place of a value of the document, or of its name. */
  locate(at: Pointer, atKey?: boolean): Place | undefined;
  /** Where a reference (`user:jane@example.com`, `group:Support`) is made, first place first. */
  placesOf(reference: string): readonly Place[];
}

/** Reads files with the place of everything in them, and says all that is wrong. @param problems what was found before */
export function readPlaced(
  files: readonly FileBytes[],
  variables: Variables,
  kinds: readonly Kind[],
  problems: readonly Diagnostic[],
): ReadFiles & { readonly places: Places } {
  const diagnostics = [...problems];
  const parts = files.flatMap(
    ({ file, bytes }) => readPart(file, bytes, variables, kinds, diagnostics) ?? [],
  );
  const merged = new Merged(parts);
  diagnostics.push(...merged.diagnostics);
  const expanded = expand(merged, kinds, diagnostics);
  diagnostics.push(...expanded.diagnostics);
  const places: Places = {
    locate: (at, atKey = false) => merged.locate(at, atKey),
    placesOf: (reference) =>
      placesIn(merged.document, "", reference).flatMap(([at, atKey]) => merged.locate(at, atKey) ?? []),
  };
  return { document: merged.document, resources: expanded.resources, diagnostics, places };
}

function readPart(
  file: string,
  bytes: Uint8Array,
  variables: Variables,
  kinds: readonly Kind[],
  diagnostics: Diagnostic[],
): Part | undefined {
  const { source, diagnostics: syntax } = parse(file, bytes);
  diagnostics.push(...syntax);
  if (source === undefined) return undefined;
  const read = valueOf(source, variables);
  diagnostics.push(...read.diagnostics);
  if (!isObject(read.value)) {
    const detail = "A desired state is a block of keys: version, settings, users, rooms.";
    const help = "Begin the file with version: 1.";
    diagnostics.push({
      severity: "error",
      code: "not-a-mapping",
      summary: "Not a desired state",
      detail,
      help,
      ...placeOf(source, [], false),
    });
    return undefined;
  }
  const checked = checkSchema(source, read, kinds);
  diagnostics.push(...checked.diagnostics);
  return isObject(checked.value)
    ? { value: checked.value, placeOf: (path, atKey) => placeOf(source, path, atKey) }
    : undefined;
}

/** Pointers of the values, and names, that refer to a person or group. */
function placesIn(value: Json, at: Pointer, reference: string): readonly (readonly [Pointer, boolean])[] {
  if (typeof value === "string") return `user:${value.toLowerCase()}` === reference ? [[at, false]] : [];
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => placesIn(item, at + pointer(index), reference));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = at + pointer(key);
    const isName = at === "/users" && `user:${key.toLowerCase()}` === reference;
    const isGroup = key === "group" && typeof inner === "string" && `group:${inner}` === reference;
    return [
      ...(isName ? [[here, true] as const] : []),
      ...(isGroup ? [[here, false] as const] : []),
      ...placesIn(inner ?? null, here, reference),
    ];
  });
}
