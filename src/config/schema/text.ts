import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";

/** Returns the type of a value as people read it: "a list". */
export function described(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (isArray(value)) return "a list";
  if (isObject(value)) return "a mapping";
  if (typeof value === "string") return "a string";
  return typeof value === "boolean" ? String(value) : `the number ${String(value)}`;
}

/** Returns text in quotes, shortened to 60 characters. */
export function quoted(value: string): string {
  const most = 60;
  return `"${value.length > most ? `${value.slice(0, most - 1)}…` : value}"`;
}

/** Returns a string as it is, and any other value as JSON. */
export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
