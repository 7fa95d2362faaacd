import type { ErrorObject } from "ajv";
import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json.js";
import { isArray, isObject } from "../core/json.js";
import { nearest } from "../core/nearest.js";
import { tokens, valueAt } from "../core/pointer.js";

/** What is wrong with a value, and where: the path of names, and whether the name itself is meant. */
export interface SchemaProblem {
  readonly diagnostic: Omit<Diagnostic, "severity" | "range" | "sourceLine">;
  readonly path: readonly string[];
  readonly atKey: boolean;
}

/** Turns the validator's errors into problems that a person can act on: one for each mistake. */
export function schemaProblems(
  errors: readonly ErrorObject[],
  value: Json,
  schema: JsonObject,
): readonly SchemaProblem[] {
  return meaningful(errors, value).map((error) => problemOf(error, value, schema));
}

/** Leaves out errors that only say that another one was found. */
function meaningful(errors: readonly ErrorObject[], value: Json): readonly ErrorObject[] {
  const alternatives = errors.filter(({ keyword }) => keyword === "anyOf");
  const inAlternative = (error: ErrorObject): boolean =>
    alternatives.some(({ schemaPath, instancePath }) => {
      if (error.keyword === "anyOf" || !error.schemaPath.startsWith(`${schemaPath}/`)) return false;
      // What is wrong inside of an object is worth saying; that it is no text is not.
      return (
        error.instancePath === instancePath && !(isObject(valueAt(value, instancePath)) && isInside(error))
      );
    });
  const kept = errors.filter((error) => !inAlternative(error) && error.propertyName === undefined);
  return kept.filter(
    (error) =>
      error.keyword !== "anyOf" ||
      !kept.some(
        (other) =>
          other !== error &&
          other.schemaPath.startsWith(`${error.schemaPath}/`) &&
          isWithinPath(other, error),
      ),
  );
}

function isInside({ keyword }: ErrorObject): boolean {
  return keyword === "additionalProperties" || keyword === "required";
}

function isWithinPath(inner: ErrorObject, outer: ErrorObject): boolean {
  return inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`);
}

function problemOf(error: ErrorObject, root: Json, schema: JsonObject): SchemaProblem {
  const path = tokens(error.instancePath);
  const params = error.params as Readonly<Record<string, Json>>;
  const value = valueAt(root, error.instancePath);
  const at = (diagnostic: SchemaProblem["diagnostic"], atKey = false): SchemaProblem => ({
    diagnostic,
    path,
    atKey,
  });
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = text(params["additionalProperty"] ?? params["unevaluatedProperty"]);
      return { diagnostic: unknownKey(name, error, schema), path: [...path, name], atKey: true };
    }
    case "propertyNames": {
      const name = text(params["propertyName"]);
      return {
        diagnostic: badText(name, titleAt(schema, error.schemaPath)),
        path: [...path, name],
        atKey: true,
      };
    }
    case "required":
      return at(missingKey(text(params["missingProperty"])), path.length > 0);
    case "type":
      return at(wrongType(value, params["type"]));
    case "enum":
      return at(notAllowed(value, params["allowedValues"]));
    case "const":
      return at(unsupported(value, params["allowedValue"]));
    case "minimum":
    case "maximum":
      return at(outOfRange(value, error, schema));
    case "pattern":
      return at(badText(text(value), titleAt(schema, error.schemaPath)));
    case "anyOf":
      return at(
        typeof value === "string"
          ? badText(value, "user")
          : {
              code: "wrong-type",
              summary: "Wrong type",
              detail: `Here is ${found(value)}.`,
              help: "Write an e-mail, a user id, or { group: NAME }.",
            },
      );
    case "minLength":
      return at({
        code: "empty-text",
        summary: "Empty text",
        detail: "This text must not be empty.",
        help: "Write something, or leave the key out.",
      });
    case "minProperties":
      return at(
        {
          code: "nothing-declared",
          summary: "Nothing is declared here",
          detail: "This block is empty.",
          help: "Declare something in it, or remove it.",
        },
        true,
      );
    default:
      return at({
        code: "bad-value",
        summary: "A value that is not allowed",
        detail: `It ${error.message ?? "is not as it has to be"}.`,
      });
  }
}

function unknownKey(name: string, error: ErrorObject, schema: JsonObject): SchemaProblem["diagnostic"] {
  const parent = valueAt(schema, error.schemaPath.replace(/^#/, "").replace(/\/[^/]+$/, ""));
  const properties =
    isObject(parent) && isObject(parent["properties"]) ? Object.keys(parent["properties"]) : [];
  const close = nearest(name, properties);
  return {
    code: "unknown-key",
    summary: "Unknown key",
    detail: `"${name}" is not known here.`,
    help: close === undefined ? `Known here: ${properties.join(", ")}.` : `Did you mean "${close}"?`,
  };
}

function missingKey(name: string): SchemaProblem["diagnostic"] {
  const help = name === "version" ? "Begin the file with version: 1." : `Add ${name}:.`;
  return { code: "missing-key", summary: "A key is missing", detail: `"${name}" has to be here.`, help };
}

function wrongType(value: Json | undefined, type: Json | undefined): SchemaProblem["diagnostic"] {
  const wanted = (isArray(type) ? type : [type])
    .map((one) => typeNames.get(text(one)) ?? text(one))
    .join(" or ");
  return {
    code: "wrong-type",
    summary: "Wrong type",
    detail: `Here is ${found(value)}, and it has to be ${wanted}.`,
    help: helpForType(value, text(type)),
  };
}

const typeNames = new Map([
  ["string", "text"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["object", "a block of keys"],
  ["array", "a list"],
]);

function helpForType(value: Json | undefined, type: string): string {
  if (type === "string" && typeof value !== "object") return "Write it in quotes.";
  if (type === "array") return "Write a list: [one, two], or each in a line of its own behind a hyphen.";
  if (type === "boolean") return "Write true or false, without quotes.";
  if (type === "integer" || type === "number") return "Write a number, without quotes.";
  return value === null
    ? "Write the keys below it, further to the right; or remove it."
    : "Write keys and values: name: value.";
}

function found(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (isArray(value)) return "a list";
  if (isObject(value)) return "a block of keys";
  return typeof value === "string"
    ? "text"
    : typeof value === "boolean"
      ? String(value)
      : `the number ${String(value)}`;
}

function notAllowed(value: Json | undefined, allowed: Json | undefined): SchemaProblem["diagnostic"] {
  const values = isArray(allowed) ? allowed.map(text) : [];
  const close = typeof value === "string" ? nearest(value, values) : undefined;
  return {
    code: "not-allowed-value",
    summary: "A value that is not allowed",
    detail: `It has to be one of: ${values.join(", ")}.`,
    help: close === undefined ? "Write one of these." : `Did you mean ${close}?`,
  };
}

function unsupported(value: Json | undefined, supported: Json | undefined): SchemaProblem["diagnostic"] {
  return {
    code: "unsupported-version",
    summary: "Unsupported version",
    detail: `Here is ${found(value)}; this chatform knows version ${text(supported)}.`,
    help: `Write version: ${text(supported)}.`,
  };
}

function outOfRange(
  value: Json | undefined,
  error: ErrorObject,
  schema: JsonObject,
): SchemaProblem["diagnostic"] {
  const parent = valueAt(schema, error.schemaPath.replace(/^#/, "").replace(/\/[^/]+$/, ""));
  const { minimum, maximum } = isObject(parent) ? parent : {};
  const range =
    minimum !== undefined && maximum !== undefined
      ? `from ${text(minimum)} to ${text(maximum)}`
      : minimum === undefined
        ? `at most ${text(maximum)}`
        : `at least ${text(minimum)}`;
  return {
    code: "out-of-range",
    summary: "Out of range",
    detail: `${text(value)} has to be ${range}.`,
    help: `Write a number ${range}.`,
  };
}

/** Text that is not of its form. Forms are told by the schema's title. */
function badText(value: string, title: string): SchemaProblem["diagnostic"] {
  switch (title) {
    case "user":
      return value.includes("@")
        ? {
            code: "bad-email",
            summary: "Not an e-mail address",
            detail: `"${value}" is not an e-mail address.`,
            help: "Write it like jane.doe@example.com.",
          }
        : {
            code: "bad-user-id",
            summary: "Not a user",
            detail: `"${value}" is neither an e-mail address nor a user id.`,
            help: "Write jane.doe@example.com, or an id like 8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55.",
          };
    case "jid":
      return {
        code: "bad-jid",
        summary: "Not a room's jid",
        detail: `"${value}" is not the jid of a room.`,
        help: "It looks like adhoc-8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55@conference.ORG.orgspan.com.",
      };
    case "name":
      return {
        code: "bad-name",
        summary: "Not a name",
        detail: `"${value}" can't be a name.`,
        help: "Use lower case letters, digits, dot, underscore and hyphen; begin with a letter or digit.",
      };
    default:
      return {
        code: "bad-value",
        summary: "A value that is not allowed",
        detail: `"${value}" is not of the expected form.`,
      };
  }
}

/** The title of the schema that a schema path leads into. */
function titleAt(schema: JsonObject, schemaPath: string): string {
  const path = schemaPath.replace(/^#/, "");
  for (const candidate of [path, path.replace(/\/[^/]+$/, "")]) {
    const part = valueAt(schema, candidate);
    if (isObject(part) && typeof part["title"] === "string") return part["title"];
  }
  return "";
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
