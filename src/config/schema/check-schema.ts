import { validateDesiredState as validate } from "../../generated/desired-state.cjs";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer, valueAt } from "../../core/json/pointer.js";
import type { Document } from "../document.js";
import type { Place } from "../read/source.js";
import { isReference } from "../variables/interpolate.js";
import { schemaProblems } from "./schema-problems.js";

export interface Checked {
  /** With numbers and booleans in the place of texts that are a reference to a variable, where the schema wants these. */
  readonly value: Json;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a document against the schema of the config. */
export function checkSchema({ value, textAt, unresolved, partial, placeOf }: Document): Checked {
  if (validate(value)) return { value, diagnostics: [] };
  const typed = withTypes(value, validate.errors ?? [], textAt);
  if (validate(typed)) return { value: typed, diagnostics: [] };
  const errors = (validate.errors ?? []).filter(
    ({ keyword, instancePath }) =>
      !unresolved.has(instancePath) && !(isAboutMissingKeys(keyword) && partial.has(instancePath)),
  );
  const checked = {
    value: typed,
    textAt,
    sourceOf: (path: readonly string[]) => sourceAt(placeOf(path, false)),
  };
  const problems = schemaProblems(errors, checked);
  const diagnostics = problems.map(({ problem, path, atKey }): Diagnostic => ({
    severity: "error",
    ...problem,
    ...placeOf(path, atKey),
  }));
  return { value: typed, diagnostics };
}

/** Returns a value of one line as the file has it. */
function sourceAt({ range, sourceLine }: Place): string {
  return sourceLine.slice(range.start.column - 1, range.end.column - 1);
}

/** Returns true for an error that may report a key as missing that is written, but could not be read. */
function isAboutMissingKeys(keyword: string): boolean {
  return keyword === "required" || keyword === "minProperties";
}

/** Converts texts that are a single reference to a variable, quoted or not, to the number or boolean that the schema wants. */
function withTypes(
  value: Json,
  errors: readonly { keyword: string; instancePath: string; params: unknown }[],
  textAt: Document["textAt"],
): Json {
  const converted = new Map<Pointer, Json>();
  for (const { keyword, instancePath, params } of errors) {
    const text = keyword === "type" ? valueAt(value, instancePath) : undefined;
    if (typeof text !== "string" || !isReference(textAt(instancePath) ?? "")) continue;
    const typed = convert(text, (params as { readonly type: unknown }).type);
    if (typed !== undefined) converted.set(instancePath, typed);
  }
  return converted.size === 0 ? value : replaced(value, converted, "");
}

/** Spreadsheets write booleans in capitals. */
const plainBooleans = new Map([
  ...["true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["false", "False", "FALSE"].map((text) => [text, false] as const),
]);

function convert(text: string, type: unknown): Json | undefined {
  if (type === "boolean") return plainBooleans.get(text);
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
