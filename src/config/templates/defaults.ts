import { pathSegments } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer, valueAt } from "../../core/json/pointer.js";
import type { BlockLayout } from "../../core/kind/block-layout.js";
import { blockLayout } from "../../core/kind/block-layout.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Document } from "../document.js";
import { duplicateDeclaration } from "../duplicates.js";
import type { Place } from "../read/source.js";
import { checkSchema } from "../schema/check-schema.js";

const member = "defaults";

/** The values that all blocks of a kind have, and the document that declares them. */
interface Defaults {
  /** The path of the blocks with `*` for names: `rooms/*`. */
  readonly pattern: readonly string[];
  /** The name under `defaults`: `rooms`. */
  readonly name: string;
  readonly values: JsonObject;
  readonly document: Document;
}

/** Documents with the values of `defaults` in them, and the problems of these. */
export interface DefaultsApplied {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Gives all blocks the values of `defaults` that they don't have themselves. */
export function applyDefaults(documents: readonly Document[], kinds: readonly Kind[]): DefaultsApplied {
  const layout = blockLayout(kinds);
  const all = documents.flatMap((document) => defaultsIn(document, layout));
  if (all.length === 0) return { documents, diagnostics: [] };
  return { documents: documents.map((document) => withDefaults(document, all)), diagnostics: repeated(all) };
}

/** The defaults of outer blocks come first: those of rooms may declare messages. */
function defaultsIn(document: Document, { named, split }: BlockLayout): readonly Defaults[] {
  const written = isObject(document.value) ? document.value[member] : undefined;
  if (!isObject(written)) return [];
  // A text that refers to a variable becomes the number or boolean that the schema wants.
  const { value } = checkSchema({ ...document, value: { version: 1, [member]: written } });
  const typed = isObject(value) ? value[member] : undefined;
  const declared = isObject(typed) ? typed : {};
  return [...named]
    .filter((block) => !split.has(`${block}/*`))
    .toSorted((a, b) => pathSegments(a).length - pathSegments(b).length)
    .flatMap((block) => {
      const pattern = [...pathSegments(block), "*"];
      const name = pattern.at(-2) ?? "";
      const values = declared[name];
      return isObject(values) ? [{ pattern, name, values, document }] : [];
    });
}

/** Returns a problem for each default that two files declare. */
function repeated(all: readonly Defaults[]): readonly Diagnostic[] {
  const first = new Map<string, Defaults>();
  return all.flatMap((defaults) =>
    Object.keys(defaults.values).flatMap((key): readonly Diagnostic[] => {
      const path = [member, defaults.name, key];
      const id = JSON.stringify([defaults.pattern, key]);
      const other = first.get(id);
      if (other === undefined) {
        first.set(id, defaults);
        return [];
      }
      const related = { ...other.document.placeOf(path, true), label: "first declared here" };
      const problem = duplicateDeclaration(path.join("."));
      return [
        { severity: "error", ...problem, ...defaults.document.placeOf(path, true), related: [related] },
      ];
    }),
  );
}

function withDefaults(document: Document, all: readonly Defaults[]): Document {
  if (!isObject(document.value)) return document;
  const own = document.value;
  let value: JsonObject = own;
  const unresolved = new Set(document.unresolved);
  for (const defaults of all) {
    value = mergeAt(value, defaults.pattern, defaults.values);
    for (const at of unreadIn(defaults))
      for (const block of pathsAt(own, defaults.pattern))
        if (valueAt(own, block + at) === undefined) unresolved.add(block + at);
  }
  return {
    ...document,
    value,
    unresolved,
    placeOf: (path, atKey) =>
      valueAt(own, pointer(...path)) === undefined
        ? (placeInDefaults(path, atKey, all) ?? document.placeOf(path, atKey))
        : document.placeOf(path, atKey),
  };
}

/** Returns a copy of a value with defaults in all blocks at a path. */
function mergeAt(value: JsonObject, [segment, ...rest]: readonly string[], defaults: JsonObject): JsonObject {
  if (segment === undefined) return merge(value, defaults);
  const names = segment === "*" ? Object.keys(value) : [segment];
  const merged: Record<string, Json> = {};
  for (const name of names) {
    const inner = value[name];
    if (isObject(inner)) merged[name] = mergeAt(inner, rest, defaults);
  }
  return { ...value, ...merged };
}

/** Returns the pointers of default values that could not be read, within the block. Their problems are known. */
function unreadIn({ name, document: { unresolved } }: Defaults): readonly Pointer[] {
  const start = pointer(member, name);
  return [...unresolved].filter((at) => at.startsWith(`${start}/`)).map((at) => at.slice(start.length));
}

/** Returns the pointers of all blocks at a path. */
function pathsAt(value: JsonObject, [segment, ...rest]: readonly string[]): readonly Pointer[] {
  if (segment === undefined) return [""];
  const names = segment === "*" ? Object.keys(value) : [segment];
  return names.flatMap((name) => {
    const inner = value[name];
    return isObject(inner) ? pathsAt(inner, rest).map((at) => pointer(name) + at) : [];
  });
}

/** Own values win; mappings are merged, lists are replaced. */
function merge(own: JsonObject, defaults: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...own } as Record<string, Json>;
  for (const [name, value = null] of Object.entries(defaults)) {
    const mine = own[name];
    if (mine === undefined) merged[name] = value;
    else if (isObject(mine) && isObject(value)) merged[name] = merge(mine, value);
  }
  return merged;
}

function placeInDefaults(
  path: readonly string[],
  atKey: boolean,
  all: readonly Defaults[],
): Place | undefined {
  for (const { pattern, name, values, document } of all) {
    const rest = path.slice(pattern.length);
    const isWithin =
      rest.length > 0 && pattern.every((segment, depth) => segment === "*" || segment === path[depth]);
    if (isWithin && valueAt(values, pointer(...rest)) !== undefined)
      return document.placeOf([member, name, ...rest], atKey);
  }
  return undefined;
}
