import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import { desiredStateSchema, withoutRequired } from "./schema.js";

/** JSON Schema of a text that refers to a variable or to a value of a row. */
const reference = {
  type: "string",
  description: "A reference to a variable or to a value of a row: ${var:NAME}, ${env:NAME}, ${each.COLUMN}.",
  pattern: "\\$\\{(?:var:|env:|each\\.)[^}]+\\}",
} as const;

/**
 * The JSON Schema of config files as people write them, for editors: values and names may refer to variables and rows.
 * chatform itself checks files with `desiredStateSchema` after the values are inserted.
 */
export function editorSchema(kinds: readonly Kind[]): JsonObject {
  const { $defs, properties, ...others } = desiredStateSchema(kinds);
  return {
    ...others,
    properties: withReferences(withDefaultsElsewhere(properties as JsonObject)),
    $defs: { ...(withReferences($defs ?? {}) as JsonObject), reference },
  };
}

/** Returns the schemas with no required key in named blocks: `defaults`, also of another file, may have the values. */
function withDefaultsElsewhere(properties: JsonObject): JsonObject {
  const schemas = Object.entries(properties).map(([name, schema]) => [
    name,
    isObject(schema) && isObject(schema["additionalProperties"]) ? withoutRequired(schema) : schema,
  ]);
  return Object.fromEntries(schemas) as JsonObject;
}

function withReferences(schema: Json): Json {
  if (isArray(schema)) return schema.map(withReferences);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, withReferences(value ?? null)]),
  );
  if (!refusesReferences(schema)) return inner;
  const { description, title, ...rest } = inner;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, { $ref: "#/$defs/reference" }],
  };
}

/** Returns true for the schema of a value that is no text, or a text of a certain form. */
function refusesReferences({ type, enum: values, pattern }: JsonObject): boolean {
  if (type === "string") return values !== undefined || pattern !== undefined;
  return type === "integer" || type === "number" || type === "boolean" || type === "array";
}
