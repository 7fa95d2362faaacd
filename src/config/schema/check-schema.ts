import { validators } from "../../generated/validators.cjs";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer, valueAt } from "../../core/json/pointer.js";
import { desiredStateSchema } from "./schema.js";
import { schemaProblems } from "./schema-problems.js";
import type { Source } from "../read/source.js";
import { placeOf } from "../read/source.js";
import type { YamlValue } from "../read/yaml-value.js";

export interface Checked {
  readonly value: Json;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks what a file says against the schema of the desired state. */
export function checkSchema(
  source: Source,
  { value, untyped, written, unresolved, partial }: YamlValue,
  kinds: readonly Kind[],
): Checked {
  const validate = validators["desiredState"];
  if (validate === undefined || validate(value)) return { value, diagnostics: [] };
  const typed = withTypes(value, validate.errors ?? [], untyped);
  if (validate(typed)) return { value: typed, diagnostics: [] };
  // Only now is the schema itself needed: to say what would be right.
  const errors = (validate.errors ?? []).filter(
    ({ keyword, instancePath }) =>
      !unresolved.has(instancePath) && !(isOfMissing(keyword) && partial.has(instancePath)),
  );
  const problems = schemaProblems(errors, { value: typed, written }, desiredStateSchema(kinds));
  const diagnostics = problems.map(({ diagnostic, path, atKey }): Diagnostic => ({
    severity: "error",
    ...diagnostic,
    ...placeOf(source, path, atKey),
  }));
  return { value: typed, diagnostics };
}

/** Whether it may only say that a key is missing that is there, but could not be read. */
function isOfMissing(keyword: string): boolean {
  return keyword === "required" || keyword === "minProperties";
}

/** Texts that are one variable, in quotes too, as JSON and brackets need them, become numbers and booleans where the schema wants those. */
function withTypes(
  value: Json,
  errors: readonly { keyword: string; instancePath: string; params: unknown }[],
  untyped: ReadonlySet<string>,
): Json {
  const converted = new Map<Pointer, Json>();
  for (const { keyword, instancePath, params } of errors) {
    const text = valueAt(value, instancePath);
    if (keyword !== "type" || !untyped.has(instancePath) || typeof text !== "string") continue;
    const meant = convert(text, (params as { readonly type: unknown }).type);
    if (meant !== undefined) converted.set(instancePath, meant);
  }
  return converted.size === 0 ? value : replaced(value, converted, "");
}

function convert(text: string, type: unknown): Json | undefined {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  if ((type === "integer" || type === "number") && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return undefined;
}

function replaced(value: Json, by: ReadonlyMap<Pointer, Json>, at: Pointer): Json {
  const other = by.get(at);
  if (other !== undefined) return other;
  if (isArray(value)) return value.map((item, index) => replaced(item, by, at + pointer(index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replaced(inner ?? null, by, at + pointer(key))]),
  );
}
