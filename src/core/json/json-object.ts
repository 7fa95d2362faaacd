import type { JsonObject } from "./json.js";
import { isObject } from "./json.js";

/** Returns the object that a text of another program holds in JSON; an empty one for any other text. */
export function toJsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
