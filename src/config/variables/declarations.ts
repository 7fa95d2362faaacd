import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { duplicateDeclaration } from "../duplicates.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { Variables } from "./interpolate.js";
import { interpolate } from "./interpolate.js";

const member = "variables";

/** A variable that a config file declares. */
export interface VariableDeclaration {
  readonly default?: string;
  readonly description?: string;
  readonly sensitive?: boolean;
  readonly place: Place;
}

interface DeclarationsRead {
  readonly declared: ReadonlyMap<string, VariableDeclaration>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the variables that config files declare. The schema reports values of other types. */
function readDeclarations(contents: readonly YamlContent[]): DeclarationsRead {
  const declared = new Map<string, VariableDeclaration>();
  const diagnostics: Diagnostic[] = [];
  for (const { value, placeOf } of contents) {
    for (const [name, declaration] of members(isObject(value) ? value[member] : undefined)) {
      const place = placeOf([member, name], true);
      const first = declared.get(name);
      if (first !== undefined) {
        const related = [{ ...first.place, label: "first declared here" }];
        diagnostics.push({
          severity: "error",
          ...duplicateDeclaration(`${member}.${name}`),
          ...place,
          related,
        });
        continue;
      }
      const { default: written, description, sensitive } = isObject(declaration) ? declaration : {};
      const { text, isReference } = readDefault(written);
      if (isReference)
        diagnostics.push({
          severity: "error",
          ...referenceInDefault,
          ...placeOf([member, name, "default"], false),
        });
      declared.set(name, {
        ...(text === undefined ? {} : { default: text }),
        ...(typeof description === "string" ? { description } : {}),
        ...(typeof sensitive === "boolean" ? { sensitive } : {}),
        place,
      });
    }
  }
  return { declared, diagnostics };
}

/** Variables with the declarations of config files. */
export interface DeclaredVariables extends Variables {
  readonly declared: ReadonlyMap<string, VariableDeclaration>;
}

/** Returns variables with the declarations of config files and their defaults, and the problems of these. */
export function withDeclarations(
  given: Variables,
  contents: readonly YamlContent[],
): { readonly variables: DeclaredVariables; readonly diagnostics: readonly Diagnostic[] } {
  const { declared, diagnostics } = readDeclarations(contents);
  return {
    variables: { ...given, vars: { ...defaultValues(declared), ...given.vars }, declared },
    diagnostics,
  };
}

/** Returns the defaults of variables, by name. */
function defaultValues(declared: ReadonlyMap<string, VariableDeclaration>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...declared].flatMap(([name, one]) => (one.default === undefined ? [] : [[name, one.default]])),
  );
}

function members(value: Json | undefined): readonly (readonly [string, Json | undefined])[] {
  return isObject(value) ? Object.entries(value) : [];
}

function readDefault(value: Json | undefined): { readonly text?: string; readonly isReference: boolean } {
  if (typeof value === "number" || typeof value === "boolean")
    return { text: String(value), isReference: false };
  if (typeof value !== "string") return { isReference: false };
  const { value: text, problems } = interpolate(value, { env: {}, vars: {} });
  return { ...(typeof text === "string" ? { text } : {}), isReference: problems.length > 0 };
}

const referenceInDefault: Problem = {
  code: "bad-interpolation",
  summary: "Reference in a default",
  detail: "The default of a variable cannot refer to a variable.",
  help: "Write the value itself. For a literal ${, write $${.",
};
