import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";

/**
 * Calls a function for each text in a value, and for each name of a member.
 *
 * @param visit gets the path from the top, in an array that changes after the call
 */
export function forEachText(
  value: Json,
  visit: (text: string, path: readonly string[], atKey: boolean) => void,
  path: string[] = [],
): void {
  if (typeof value === "string") visit(value, path, false);
  if (isArray(value))
    for (let at = 0; at < value.length; at++) {
      path.push(String(at));
      forEachText(value[at] ?? null, visit, path);
      path.pop();
    }
  else if (isObject(value))
    for (const name in value) {
      path.push(name);
      visit(name, path, true);
      forEachText(value[name] ?? null, visit, path);
      path.pop();
    }
}
