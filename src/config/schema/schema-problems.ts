import type { ErrorObject } from "ajv";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { pointer, tokens, valueAt } from "../../core/json/pointer.js";
import type { Document } from "../document.js";
import type { Problem } from "../problem.js";
import { variableReferences } from "../variables/interpolate.js";
import { similarKey } from "./other-keys.js";
import { badSource, notAPerson, unknownSourceKey } from "./people-messages.js";
import {
  badKey,
  badText,
  emptyBlock,
  emptyText,
  isComment,
  missingKey,
  notAConfig,
  notAllowed,
  otherwise,
  outOfRange,
  unknownKey,
  unsupported,
  wrongType,
} from "./schema-messages.js";
import { text } from "./text.js";

/** A problem of a value, or of its key, at a path of member names and list positions. */
export interface SchemaProblem {
  readonly problem: Problem;
  readonly path: readonly string[];
  readonly atKey: boolean;
}

/** A value that the schema refuses. */
interface CheckedValue {
  readonly value: Json;
  readonly textAt: Document["textAt"];
  /** Returns a value of one line as the file has it. */
  readonly sourceOf: (path: readonly string[]) => string;
}

/** Turns the validator's errors into problems: one for each mistake. @param errors with their schemas */
export function schemaProblems(
  errors: readonly ErrorObject[],
  checked: CheckedValue,
): readonly SchemaProblem[] {
  const relevant = withoutConsequences(errors, checked.value);
  if (isForeign(relevant, checked.value))
    return [{ problem: notAConfig(checked.value), path: [], atKey: false }];
  const misspelled = new Set(
    relevant.flatMap((error) => {
      const similar = findMeantKey(error);
      return similar === undefined ? [] : [`${error.instancePath} ${similar}`];
    }),
  );
  return relevant
    .filter(
      ({ keyword, instancePath, params }) =>
        keyword !== "required" ||
        !misspelled.has(`${instancePath} ${text((params as JsonObject)["missingProperty"])}`),
    )
    .map((error) => toProblem(error, checked));
}

/** Says whether a document is the file of another program: it has no key of a config, and most of its keys resemble none. */
function isForeign(errors: readonly ErrorObject[], value: Json): boolean {
  if (!isObject(value)) return true;
  const unknown = errors.filter(
    ({ keyword, instancePath }) => keyword === "additionalProperties" && instancePath === "",
  );
  const resembling = unknown.filter((error) => findMeantKey(error) !== undefined);
  return unknown.length === Object.keys(value).length && resembling.length * 2 < unknown.length;
}

/** Returns the known key that an unknown key means, or that a comment of JavaScript before it hides. */
function findMeantKey(error: ErrorObject): string | undefined {
  if (error.keyword !== "additionalProperties") return undefined;
  const name = text((error.params as JsonObject)["additionalProperty"]);
  const hidden = isComment(name) ? /"(\w+)"$/.exec(name)?.[1] : undefined;
  return hidden ?? similarKey(name, knownKeys(error));
}

function knownKeys(error: ErrorObject): readonly string[] {
  const { properties } = schemaAround(error);
  return isObject(properties) ? Object.keys(properties) : [];
}

/** Returns the schema that contains the keyword of an error. */
function schemaAround({ parentSchema }: ErrorObject): JsonObject {
  return parentSchema as JsonObject;
}

/** Leaves out errors that only follow from another one. */
function withoutConsequences(errors: readonly ErrorObject[], value: Json): readonly ErrorObject[] {
  const misnamed = new Set(
    errors.flatMap(({ keyword, instancePath }) => (keyword === "additionalProperties" ? [instancePath] : [])),
  );
  const nested = new Set(
    errors.flatMap(({ instancePath, params }) =>
      (params as JsonObject)["additionalProperty"] === "forEach" ? [instancePath] : [],
    ),
  );
  return errors.filter(({ keyword, propertyName, instancePath, schemaPath, params }) => {
    // The name of a block with rows is a template.
    const name = keyword === "propertyNames" ? text((params as JsonObject)["propertyName"]) : undefined;
    if (name !== undefined && nested.has(instancePath + pointer(name))) return false;
    if (propertyName !== undefined || keyword === "if" || /\/oneOf\/\d+\/required$/.test(schemaPath))
      return false;
    if (keyword !== "oneOf") return true;
    // A source with a misspelled key lacks a key, and what is no mapping is no source.
    const hasNone = !Array.isArray((params as JsonObject)["passingSchemas"]);
    return isObject(valueAt(value, instancePath)) && !(hasNone && misnamed.has(instancePath));
  });
}

function toProblem(error: ErrorObject, checked: CheckedValue): SchemaProblem {
  const path = tokens(error.instancePath);
  const params = error.params as Readonly<Record<string, Json>>;
  const written = checked.textAt(error.instancePath);
  // Variables may hold secrets: their values are not shown. Those of rows are no secrets.
  const isSecret = written !== undefined && variableReferences(written).length > 0;
  const value = isSecret ? written : valueAt(checked.value, error.instancePath);
  const parent = schemaAround(error);
  const at = (problem: Problem, atKey = false): SchemaProblem => ({ problem, path, atKey });
  const atKey = (name: string, problem: Problem): SchemaProblem => ({
    problem,
    path: [...path, name],
    atKey: true,
  });
  switch (error.keyword) {
    case "additionalProperties": {
      const name = text(params["additionalProperty"]);
      const known = knownKeys(error);
      return atKey(
        name,
        parent["title"] === "source"
          ? unknownSourceKey(name, known, isObject(value) ? value[name] : undefined)
          : unknownKey(name, known),
      );
    }
    case "oneOf":
      return at(badSource(value));
    case "propertyNames": {
      const name = text(params["propertyName"]);
      return atKey(name, badKey(name, error.schema as JsonObject));
    }
    case "required":
      return at(missingKey(text(params["missingProperty"])), path.length > 0);
    case "type": {
      if (parent["title"] === "source") return at(notAPerson(value));
      const problem = wrongType(value, [params["type"]].flat().map(text), checked.sourceOf(path), parent);
      const name = path.at(-1) ?? "";
      // A key of a block that stands beside the names of blocks.
      const isKey = isObject(parent["properties"]) && Object.hasOwn(parent["properties"], name);
      return at(
        isKey
          ? { ...problem, help: `Indent ${name}: further, below the name of the block that it belongs to.` }
          : problem,
      );
    }
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
    case "minLength":
      return at(emptyText);
    case "minProperties":
      return at(emptyBlock, true);
    default:
      return at(otherwise(error.message));
  }
}
