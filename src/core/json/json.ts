/** A JSON value. Data that crosses a boundary (files, API, plan, state) has this type until it is checked. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. A member that is `undefined` is the same as one that is missing. */
export interface JsonObject {
  readonly [member: string]: Json | undefined;
}

/** Returns true for a JSON object: neither null, nor an array, nor a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns true for an array of JSON values. (`Array.isArray` narrows a readonly array to `any[]`.) */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Returns plain data as JSON. TypeScript does not assign interfaces to index signatures, though their members are JSON. */
export function asJson(value: object): Json {
  return value as Json;
}

/** Orders strings by their UTF-16 code units: the same order on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns JSON text with members sorted by name and no white space: equal values give equal text. */
export function canonicalJson(value: Json | undefined): string {
  if (typeof value === "string") return jsonString(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  let members = "";
  for (const key of Object.keys(value).sort()) {
    const inner = value[key];
    if (inner === undefined) continue;
    members += `${members === "" ? "" : ","}${jsonString(key)}:${canonicalJson(inner)}`;
  }
  return `{${members}}`;
}

/** Returns the JSON text of a string. Most strings need no escapes, and skip JSON.stringify. */
function jsonString(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Returns true if two values are equal as JSON: members in any order, array elements in the same order. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}
