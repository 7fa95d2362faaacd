import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";

/** Returns how to write a list, with the value that stands in its place. */
export function helpForList(value: Json | undefined): string {
  const usual = "Write [one, two], or one item per line, each after a hyphen.";
  if (isObject(value)) {
    const [[key, inner] = []] = Object.entries(value);
    if (key === undefined) return usual;
    return inner === null || key.includes("@")
      ? `Write each as an item, without the colon: - ${key}`
      : `Write the mapping as an item, with a hyphen before its first key: - ${key}: …`;
  }
  if (typeof value !== "string") return usual;
  const [, item] = /^-([^\s-]\S*)/.exec(value) ?? [];
  if (item !== undefined) return `Write a space after each hyphen: - ${item}`;
  const items = value
    .replaceAll(/^\[|\]$/g, "")
    .split(/[;,]\s*|\s+-\s+/)
    .filter((one) => one !== "");
  return `Write [${items.map(flowText).join(", ")}], or one item per line, each after a hyphen.`;
}

/** Returns how to write a mapping, with the value that stands in its place. @param schema of the mapping */
export function helpForMapping(value: Json | undefined, schema: JsonObject): string {
  const usual = "Write one key: value per line.";
  if (isArray(value))
    return isObject(schema["additionalProperties"]) ? helpForNames(value) : helpForKeys(value, schema);
  if (typeof value !== "string") return usual;
  const [, key, rest] = /^([\w-]+):([^\s/][^\s]*)/.exec(value) ?? [];
  if (key !== undefined && rest !== undefined) return `Write a space after the colon: ${key}: ${rest}`;
  const [, assigned, right = ""] = /^([\w-]+)\s*=\s*(.+)$/.exec(value) ?? [];
  if (assigned !== undefined) return `Write a colon and a space: ${assigned}: ${right}`;
  const { properties, required } = schema;
  if (isObject(properties) && properties["default"] !== undefined)
    return `Write the value as the default: { default: ${flowText(value)} }.`;
  const [only, ...others] = isArray(required) ? required : [];
  return typeof only === "string" && others.length === 0 && !value.includes("\n")
    ? `Write the text under its key: { ${only}: ${flowText(value)} }.`
    : usual;
}

/** A mapping in a list, with the keys of the mapping that belongs there. */
function helpForKeys([first]: readonly Json[], { properties }: JsonObject): string {
  const keys = isObject(first) && isObject(properties) ? Object.keys(first) : [];
  const key = keys.find((one) => isObject(properties) && Object.hasOwn(properties, one));
  return key === undefined
    ? "Write one key: value per line, without hyphens."
    : `Remove the hyphens: ${key}: is a key of this mapping.`;
}

/** Other tools have lists of blocks with a name in each; here the name is the key. */
function helpForNames([first]: readonly Json[]): string {
  if (typeof first === "string")
    return `Write each as a key, without the hyphen: ${/\s/.test(first) ? "NAME" : first}: { … }`;
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
