import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, canonicalJson, isArray, isObject, sameJson } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { valueAt, withValueAt } from "../json/pointer.js";
import { addToMultimap } from "../multimap.js";

/** Returns the attributes with their sets sorted and without duplicates: two equal sets are then the same list. */
export function normalizeSets(attributes: JsonObject, sets: readonly Pointer[]): JsonObject {
  return sets.reduce((result, path) => {
    const value = valueAt(result, path);
    return isArray(value) && !isSorted(value) ? withValueAt(result, path, sortedSet(value)) : result;
  }, attributes);
}

/** Returns true if a set is normalized already, as most are. */
function isSorted(elements: readonly Json[]): boolean {
  return elements.every((element, at) => {
    const before = elements[at - 1];
    return isPlain(element) && (at === 0 || (isPlain(before) && before < element));
  });
}

/** Returns true for a string that sorts in the same order as its JSON text. */
function isPlain(element: Json | undefined): element is string {
  return typeof element === "string" && /^[\w.@:/+-]*$/.test(element);
}

function sortedSet(elements: readonly Json[]): readonly Json[] {
  if (elements.every(isPlain)) return [...new Set(elements)].sort(byCodeUnit);
  const byText = new Map(elements.map((element) => [canonicalJson(element), element]));
  return [...byText].sort(([a], [b]) => byCodeUnit(a, b)).map(([, element]) => element);
}

/**
 * Returns true if two values are equal, ignoring surrounding blanks, line ends and the Unicode form of texts. Undocumented:
 * whether the service changes these in a text that was sent.
 */
export function isSameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== "string" || typeof b !== "string") return sameJson(a, b);
  return a === b || normalizeText(a) === normalizeText(b);
}

/** Returns a text with line feeds as line ends, in Unicode form NFC, without blanks around it. */
export function normalizeText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").normalize("NFC").trim();
}

/** Returns one object with the members of all these: objects of one name are merged, of other values the last one counts. */
export function merged(objects: readonly JsonObject[]): JsonObject {
  const members = new Map<string, Json[]>();
  for (const object of objects)
    for (const [name, value] of Object.entries(object))
      if (value !== undefined) addToMultimap(members, name, value);
  return Object.fromEntries([...members].map(([name, values]) => [name, mergedValue(values)]));
}

function mergedValue(values: readonly Json[]): Json | undefined {
  const last = values.at(-1);
  return values.length > 1 && isObject(last) ? merged(values.filter(isObject)) : last;
}
