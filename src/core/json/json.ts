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
  if (isInOrder(value)) return JSON.stringify(value ?? null);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(isObject(value) ? value : {})
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
  return `{${members.join(",")}}`;
}

/** Returns true if the members of every object within a value stand in the order of their names, as they mostly do. */
function isInOrder(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isArray(value)) return value.every(isInOrder);
  let last = "";
  for (const name in value) {
    if (name < last || !isInOrder(value[name])) return false;
    last = name;
  }
  return true;
}

/** Returns true if two values are equal as JSON: members in any order, array elements in the same order. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}
