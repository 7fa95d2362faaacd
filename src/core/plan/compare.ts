import type { AttributeChange, Cause } from "./change.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, canonicalJson, isArray, isObject, sameJson } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, valueAt, withValueAt } from "../json/pointer.js";

/** Attributes whose sets have no duplicates and are sorted: two equal sets are the same list. */
export function normalizeSets(attributes: JsonObject, sets: readonly Pointer[]): JsonObject {
  return sets.reduce((result, path) => {
    const value = valueAt(result, path);
    return isArray(value) && !isSorted(value) ? withValueAt(result, path, sortedSet(value)) : result;
  }, attributes);
}

/** Whether it is normalized already: most sets are, once one of them was compared. */
function isSorted(elements: readonly Json[]): boolean {
  return elements.every((element, at) => {
    const before = elements[at - 1];
    return isPlain(element) && (at === 0 || (isPlain(before) && before < element));
  });
}

/** A string that sorts among strings as its JSON text does among their JSON texts. */
function isPlain(element: Json | undefined): element is string {
  return typeof element === "string" && /^[\w.@:/+-]*$/.test(element);
}

function sortedSet(elements: readonly Json[]): readonly Json[] {
  if (elements.every(isPlain)) return [...new Set(elements)].sort(byCodeUnit);
  const byText = new Map(elements.map((element) => [canonicalJson(element), element]));
  return [...byText].sort(([a], [b]) => byCodeUnit(a, b)).map(([, element]) => element);
}

/**
 * Whether two values are the same to people. Nobody outside knows whether the service trims texts, or changes their line
 * ends or the form of their characters: a text that it gives back so is the one that was sent.
 */
export function isSameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== "string" || typeof b !== "string") return sameJson(a, b);
  return a === b || normalizeText(a) === normalizeText(b);
}

/** A text without what a service may change in it: its line ends, the form of its characters, blanks around it. */
export function normalizeText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").normalize("NFC").trim();
}

/** The leaves of `wanted` that are not so in `actual`, sorted by path. Both are normalized. */
export function differences(actual: JsonObject, wanted: JsonObject): readonly Pointer[] {
  return leaves(wanted)
    .filter(([path, value]) => !isSameValue(valueAt(actual, path), value))
    .map(([path]) => path)
    .sort(byCodeUnit);
}

/** `base` with every leaf of `over` in it. */
export function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = result[key];
    result[key] = isObject(value) && isObject(below) ? merged(below, value) : value;
  }
  return result;
}

/**
 * What has to change, and who moved it.
 *
 * @param live as read, normalized
 * @param wanted as the files want it, normalized
 * @param kept as the state remembers that it was applied, normalized
 * @param meant `wanted` with the ids that its references had when they were applied, normalized
 */
export function attributeChanges(
  live: JsonObject,
  wanted: JsonObject,
  kept: JsonObject,
  meant: JsonObject,
): readonly AttributeChange[] {
  return differences(live, wanted).map((path) => {
    const before = valueAt(live, path);
    const after = valueAt(wanted, path);
    return {
      path,
      cause: causeOf(before, valueAt(meant, path), valueAt(kept, path)),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
}

function causeOf(live: Json | undefined, meant: Json | undefined, kept: Json | undefined): Cause {
  if (kept === undefined) return "config";
  const liveMoved = !isSameValue(live, kept);
  const filesMoved = !isSameValue(meant, kept);
  return liveMoved ? (filesMoved ? "conflict" : "drift") : "config";
}
