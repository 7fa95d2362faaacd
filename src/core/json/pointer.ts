import type { Json, JsonObject } from "./json.js";
import { isArray, isObject } from "./json.js";
import { isRef } from "../calls/reference.js";

/** A JSON Pointer (RFC 6901): "" is the whole document, "/rooms/a~1b" is member `a/b` of member `rooms`. */
export type Pointer = string;

/** Returns the pointer with these member names and array positions. */
export function pointer(...tokens: readonly (string | number)[]): Pointer {
  let path = "";
  for (const token of tokens) path += `/${escaped(String(token))}`;
  return path;
}

function escaped(token: string): string {
  return /[~/]/.test(token) ? token.replaceAll("~", "~0").replaceAll("/", "~1") : token;
}

/** Returns the member names of a pointer, outermost first. */
export function tokens(path: Pointer): string[] {
  if (path === "") return [];
  const names = path.slice(1).split("/");
  return path.includes("~") ? names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")) : names;
}

/** Caches: pointers into attributes are few, and each occurs in every resource. */
const followed = new Map<Pointer, readonly string[]>();
const members = new Map<Pointer, Map<string, Pointer>>();
const mostCached = 1000;

function getSteps(path: Pointer): readonly string[] {
  const known = followed.get(path);
  if (known !== undefined) return known;
  const steps = tokens(path);
  if (followed.size < mostCached) followed.set(path, steps);
  return steps;
}

/** Returns the pointer of a member of the object at `path`. */
export function memberPointer(path: Pointer, name: string): Pointer {
  const known = members.get(path)?.get(name);
  if (known !== undefined) return known;
  const found = `${path}/${escaped(name)}`;
  const siblings = members.get(path) ?? new Map<string, Pointer>();
  if (members.size < mostCached && siblings.size < mostCached) members.set(path, siblings.set(name, found));
  return found;
}

/** Returns the value at `path`; undefined if there is none. Inherited members don't count. */
export function valueAt(document: Json | undefined, path: Pointer): Json | undefined {
  let value = document;
  for (const token of getSteps(path)) {
    if (isArray(value)) value = value[Number(token)];
    else if (isObject(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

/** Returns a copy of `document` with `value` at `path`. Missing objects on the path are added; undefined removes the member. */
export function withValueAt(document: JsonObject, path: Pointer, value: Json | undefined): JsonObject {
  return withStep(document, getSteps(path), 0, value);
}

function withStep(
  document: JsonObject,
  steps: readonly string[],
  at: number,
  value: Json | undefined,
): JsonObject {
  const name = steps[at];
  if (name === undefined) return isObject(value) ? value : {};
  if (at < steps.length - 1) {
    const inner = document[name];
    return { ...document, [name]: withStep(isObject(inner) ? inner : {}, steps, at + 1, value) };
  }
  if (value !== undefined) return { ...document, [name]: value };
  const { [name]: _removed, ...others } = document;
  return others;
}

/** Returns every leaf of an object with its pointer. Leaves are scalars, references and whole arrays. */
export function leaves(value: JsonObject): readonly (readonly [Pointer, Json])[] {
  const found: (readonly [Pointer, Json])[] = [];
  forEachLeaf(value, (at, leaf) => found.push([at, leaf]));
  return found;
}

/** Calls a function for every leaf of an object. Hot paths need no list of leaves. @param path the pointer of the object */
export function forEachLeaf(
  value: JsonObject,
  visit: (at: Pointer, leaf: Json) => void,
  path: Pointer = "",
): void {
  for (const member in value) {
    const inner = value[member];
    if (inner === undefined) continue;
    const at = memberPointer(path, member);
    if (isObject(inner) && !isRef(inner)) forEachLeaf(inner, visit, at);
    else visit(at, inner);
  }
}
