import type { JsonObject } from "./json.js";
import { isObject } from "./json.js";

/**
 * Returns an object with these members, and without a prototype, like `Object.fromEntries`. For names such as ids, of which each object
 * has others: V8 keeps them as a table, in half the time and memory that a hidden class for each name takes.
 */
export function toDictionary<Value>(
  members: Iterable<readonly [name: string, value: Value]>,
): Readonly<Record<string, Value>> {
  const dictionary = Object.create(null) as Record<string, Value>;
  for (const [name, value] of members) dictionary[name] = value;
  return dictionary;
}

/** Returns the object that a text of another program holds in JSON; an empty one for any other text. */
export function toJsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Returns a member that an object has itself: a name such as `constructor` finds nothing inherited. */
export function getOwn<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
