import type { ErrorObject } from "ajv";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import { pointer, tokens, valueAt } from "../../core/json/pointer.js";
import type { Words } from "./schema-messages.js";
import {
  badKey,
  badText,
  emptyBlock,
  emptyText,
  missingKey,
  notAParticipant,
  notAllowed,
  otherwise,
  outOfRange,
  text,
  unknownKey,
  unsupported,
  wrongType,
} from "./schema-messages.js";

/** What is wrong with a value, and where: the path of names, and whether the name itself is meant. */
export interface SchemaProblem {
  readonly diagnostic: Words;
  readonly path: readonly string[];
  readonly atKey: boolean;
}

/** What was checked. */
interface CheckedValue {
  readonly value: Json;
  /** By pointer, texts with references to variables as the file has them: what they stand for may be a secret. */
  readonly written: ReadonlyMap<string, string>;
}

/** Turns the validator's errors into problems that a person can act on: one for each mistake. */
export function schemaProblems(
  errors: readonly ErrorObject[],
  checked: CheckedValue,
  schema: JsonObject,
): readonly SchemaProblem[] {
  const shown = meaningful(errors, checked.value);
  const misspelled = new Set(
    shown.flatMap((error) => {
      const meant = meantKey(error, schema);
      return meant === undefined ? [] : [`${error.instancePath} ${meant}`];
    }),
  );
  return shown
    .filter(
      ({ keyword, instancePath, params }) =>
        keyword !== "required" ||
        !misspelled.has(`${instancePath} ${text((params as JsonObject)["missingProperty"])}`),
    )
    .map((error) => problemOf(error, checked, schema));
}

/** The key that was probably meant by an unknown one. */
function meantKey(error: ErrorObject, schema: JsonObject): string | undefined {
  return error.keyword === "additionalProperties"
    ? nearest(text((error.params as JsonObject)["additionalProperty"]), knownKeys(error, schema))
    : undefined;
}

function knownKeys({ schemaPath }: ErrorObject, schema: JsonObject): readonly string[] {
  const { properties } = parentOf(schema, schemaPath);
  return isObject(properties) ? Object.keys(properties) : [];
}

/** The schema that a keyword stands in. */
function parentOf(schema: JsonObject, schemaPath: string): JsonObject {
  return formAt(schema, schemaPath.replace(/\/[^/]+$/, ""));
}

/** Leaves out errors that only say that another one was found. */
function meaningful(errors: readonly ErrorObject[], value: Json): readonly ErrorObject[] {
  const choices = new Map<string, string>();
  for (const { keyword, instancePath, schemaPath } of errors)
    if (keyword === "anyOf") choices.set(instancePath, schemaPath);
  const kept = errors.filter((error) => {
    const choice = choices.get(error.instancePath);
    if (error.propertyName !== undefined) return false;
    if (choice === undefined || !error.schemaPath.startsWith(`${choice}/`)) return true;
    // What is wrong inside of an object is worth saying; that it is no text is not.
    return isInside(error) && isObject(valueAt(value, error.instancePath));
  });
  const explained = new Set(kept.filter(({ keyword }) => keyword !== "anyOf").flatMap(outerPaths));
  return kept.filter(({ keyword, instancePath }) => keyword !== "anyOf" || !explained.has(instancePath));
}

function isInside({ keyword }: ErrorObject): boolean {
  return keyword === "additionalProperties" || keyword === "required";
}

/** The path of the value that is wrong, and of all that it is in. */
function outerPaths({ instancePath }: ErrorObject): readonly string[] {
  const path = tokens(instancePath);
  return path.map((_token, at) => pointer(...path.slice(0, at + 1)));
}

function problemOf(error: ErrorObject, checked: CheckedValue, schema: JsonObject): SchemaProblem {
  const path = tokens(error.instancePath);
  const params = error.params as Readonly<Record<string, Json>>;
  const value = checked.written.get(error.instancePath) ?? valueAt(checked.value, error.instancePath);
  const parent = parentOf(schema, error.schemaPath);
  const at = (diagnostic: Words, atKey = false): SchemaProblem => ({ diagnostic, path, atKey });
  const atInner = (name: string, diagnostic: Words): SchemaProblem => ({
    diagnostic,
    path: [...path, name],
    atKey: true,
  });
  switch (error.keyword) {
    case "additionalProperties": {
      const name = text(params["additionalProperty"]);
      return atInner(name, unknownKey(name, knownKeys(error, schema)));
    }
    case "propertyNames": {
      const name = text(params["propertyName"]);
      return atInner(name, badKey(name, formAt(schema, error.schemaPath)));
    }
    case "required":
      return at(missingKey(text(params["missingProperty"])), path.length > 0);
    case "type":
      return at(wrongType(value, text(params["type"])));
    case "enum":
      return at(notAllowed(value, params["allowedValues"]));
    case "const":
      return at(unsupported(value, params["allowedValue"]));
    case "minimum":
    case "maximum":
      return at(outOfRange(value, parent));
    case "pattern":
    case "maxLength":
      return at(badText(text(value), parent));
    case "anyOf":
      return at(typeof value === "string" ? badText(value, { title: "user" }) : notAParticipant(value));
    case "minLength":
      return at(emptyText);
    case "minProperties":
      return at(emptyBlock, true);
    default:
      return at(otherwise(error.message));
  }
}

/** The schema at a path in it. */
function formAt(schema: JsonObject, schemaPath: string): JsonObject {
  const form = valueAt(schema, schemaPath.replace(/^#/, ""));
  return isObject(form) ? form : {};
}
