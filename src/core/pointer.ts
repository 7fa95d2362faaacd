import type { Json, JsonObject } from "./json.js";
import { isArray, isObject } from "./json.js";
import { isRef } from "./reference.js";

/** A JSON Pointer (RFC 6901): "" is the whole document, "/rooms/a~1b" is member `a/b` of member `rooms`. */
export type Pointer = string;

/** The pointer made of these member names and array positions. */
export function pointer(...tokens: readonly (string | number)[]): Pointer {
  return tokens.map((token) => `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The member names of a pointer, outermost first. */
export function tokens(path: Pointer): string[] {
  if (path === "") return [];
  return path
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at `path`, or undefined where there is none. Inherited members don't count. */
export function valueAt(document: Json | undefined, path: Pointer): Json | undefined {
  let value = document;
  for (const token of tokens(path)) {
    if (isArray(value)) value = value[Number(token)];
    else if (isObject(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

/** A copy of `document` with `value` at `path`; missing objects on the way are made; undefined removes the member. */
export function withValueAt(document: JsonObject, path: Pointer, value: Json | undefined): JsonObject {
  const [head, ...rest] = tokens(path);
  if (head === undefined) return isObject(value) ? value : {};
  if (rest.length === 0) {
    const { [head]: _replaced, ...others } = document;
    return value === undefined ? others : { ...document, [head]: value };
  }
  const inner = document[head];
  return { ...document, [head]: withValueAt(isObject(inner) ? inner : {}, pointer(...rest), value) };
}

/** Every leaf of an object with its pointer: scalars, references and whole arrays; objects are walked, not given. */
export function* leaves(value: JsonObject, path: Pointer = ""): Generator<readonly [Pointer, Json]> {
  for (const [member, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const at = path + pointer(member);
    if (isObject(inner) && !isRef(inner)) yield* leaves(inner, at);
    else yield [at, inner];
  }
}
