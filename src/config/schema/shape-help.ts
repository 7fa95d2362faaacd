import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";

/** Returns how to write a list, with the value that stands in its place. */
export function helpForList(value: Json | undefined): string {
  const usual = "Write [one, two], or one item per line, each after a hyphen.";
  if (typeof value !== "string") return usual;
  const [, item] = /^-([^\s-]\S*)/.exec(value) ?? [];
  if (item !== undefined) return `Write a space after each hyphen: - ${item}`;
  const items = value.split(/[;,]\s*|\s+-\s+/).filter((one) => one !== "");
  return `Write [${items.map(flowText).join(", ")}], or one item per line, each after a hyphen.`;
}

/** Returns how to write a mapping, with the value that stands in its place. @param schema of the mapping */
export function helpForMapping(value: Json | undefined, schema: JsonObject): string {
  const usual = "Write one key: value per line.";
  if (isArray(value)) return isObject(schema["additionalProperties"]) ? helpForNames(value) : usual;
  if (typeof value !== "string") return usual;
  const [, key, rest] = /^([\w-]+):([^\s/][^\s]*)/.exec(value) ?? [];
  if (key !== undefined && rest !== undefined) return `Write a space after the colon: ${key}: ${rest}`;
  const { properties } = schema;
  return isObject(properties) && properties["default"] !== undefined
    ? `Write the value as the default: { default: ${flowText(value)} }.`
    : usual;
}

/** Other tools have lists of blocks with a name in each; here the name is the key. */
function helpForNames([first]: readonly Json[]): string {
  if (typeof first === "string") return `Write each as a key, without the hyphen: ${first}: { … }`;
  const [[only, block] = [], ...others] = isObject(first) ? Object.entries(first) : [];
  if (only !== undefined && others.length === 0 && isObject(block))
    return `Remove the hyphens: ${only}: is a key of this mapping.`;
  const name = isObject(first)
    ? ["name", "key", "id", "email"].map((one) => first[one]).find((one) => typeof one === "string")
    : undefined;
  return `Write each item under its name, without the hyphen: ${name ?? "NAME"}: { … }`;
}

/** Returns a text as YAML writes it within brackets. */
function flowText(text: string): string {
  return /^[\w.$][\w.@+ -]*$/.test(text) ? text : JSON.stringify(text);
}
