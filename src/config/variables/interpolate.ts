import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import type { Problem } from "../problem.js";
import type { TextPart } from "../read/read-yaml.js";
import { credentialProblem } from "./credential-problem.js";
import type { VariableDeclaration } from "./declarations.js";
import { toReference } from "./other-references.js";

/** The values that `${env:NAME}` and `${var:NAME}` stand for. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vars: Readonly<Record<string, string>>;
  /** The declarations of variables, by name. */
  readonly declared?: ReadonlyMap<string, Pick<VariableDeclaration, "description" | "sensitive">>;
}

/** The values that references in a text stand for. */
export interface Scope extends Variables {
  /** The values of `${each.NAME}`, within a block that is written for each of several rows. */
  readonly each?: Readonly<Record<string, Json>>;
  /** The problems of the row's values that can't be used, by name. */
  readonly unusable?: Readonly<Record<string, Problem>> | undefined;
}

export interface InterpolationProblem extends Problem {
  /** The reference as it is in the text. */
  readonly part: TextPart;
}

export interface Interpolated {
  /** A text; any value if the whole text was a reference to a row's value: null where the row has none. */
  readonly value: Json;
  /** True if the whole text was one reference. */
  readonly whole: boolean;
  readonly problems: readonly InterpolationProblem[];
}

/** A reference, an escaped reference, or the beginning of an incomplete one. */
const pattern = /\$\$\{|\$\{(\{[^}]*\}|[^}]*)\}?/g;

/** Replaces the references in a text. References within a value are kept. `$${` stands for `${`. */
export function interpolate(text: string, scope: Scope): Interpolated {
  const problems: InterpolationProblem[] = [];
  let wholeValue: Json | undefined;
  let whole = false;
  const result = text.replace(pattern, (match: string, inner: string | undefined, at: number) => {
    if (inner === undefined) return "${";
    whole = match.length === text.length;
    const value = match.endsWith("}") ? lookUp(inner, scope) : undefined;
    if (whole && value !== undefined) wholeValue = value;
    if (value !== undefined && (whole || !isCollection(value))) return value === null ? "" : asText(value);
    const skip = text.slice(0, at).split(match).length - 1;
    problems.push({ ...explain(match, inner, scope), part: { text: match, skip } });
    return match;
  });
  return { value: wholeValue === undefined ? result : wholeValue, whole, problems };
}

const variable = /^(env|var):([A-Za-z_][A-Za-z0-9_.-]*)$/;
/** Returns the references to variables in a text, without braces: `var:domain`. */
export function variableReferences(text: string): readonly string[] {
  if (!text.includes("${")) return [];
  return Array.from(text.matchAll(pattern), ([, inner = ""]) => inner).filter((inner) =>
    variable.test(inner),
  );
}

/** Returns the names of the values of a row that a text refers to. */
export function rowReferences(text: string): readonly string[] {
  if (!text.includes("${each.")) return [];
  return Array.from(text.matchAll(pattern), ([, inner = ""]) => rowValue.exec(inner)?.[1] ?? "").filter(
    (name) => name !== "",
  );
}

const rowValue = /^each\.(.+)$/s;

function lookUp(inner: string, { env, vars, declared, each }: Scope): Json | undefined {
  const [, column] = rowValue.exec(inner) ?? [];
  if (column !== undefined)
    return each !== undefined && Object.hasOwn(each, column) ? each[column] : undefined;
  const [, namespace, name = ""] = variable.exec(inner) ?? [];
  if (namespace === undefined) return undefined;
  if (namespace === "env" && credentialProblem(name, declared) !== undefined) return undefined;
  const from = namespace === "env" ? env : vars;
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function isCollection(value: Json): boolean {
  return isArray(value) || isObject(value);
}

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function explain(match: string, inner: string, scope: Scope): Problem {
  const [, column] = rowValue.exec(inner) ?? [];
  if (column !== undefined && match.endsWith("}")) return explainRowValue(match, column, scope);
  const [, namespace, name = ""] = variable.exec(inner) ?? [];
  if (namespace === undefined || !match.endsWith("}")) {
    return {
      code: "bad-interpolation",
      summary: "Invalid reference to a variable",
      detail: `${match} is not a valid reference to a variable.`,
      help: `${correction(match, inner, scope)} For a literal \${, write $\${.`,
    };
  }
  return namespace === "env" ? explainEnvironment(name, scope) : explainVariable(name, scope);
}

/** Returns how to write a reference that another tool writes in another way. */
function correction(match: string, inner: string, { each = {} }: Scope): string {
  if (!match.endsWith("}")) return "Add the closing }.";
  if (Object.hasOwn(each, inner)) return `Write \${each.${inner}}.`;
  const other = toReference(inner);
  if (other === undefined) return "Write ${env:NAME} or ${var:NAME}.";
  const { reference, default: value } = other;
  if (value === undefined) return `Write ${reference}.`;
  const name = reference.slice("${var:".length, -1);
  return `Write ${reference}, and declare the default: variables: { ${name}: { default: ${JSON.stringify(value)} } }.`;
}

function explainEnvironment(name: string, { env, declared }: Scope): Problem {
  const readable = Object.keys(env).filter((other) => credentialProblem(other, declared) === undefined);
  const problem = credentialProblem(name, declared);
  return (
    problem ??
    undefinedVariable(
      `environment variable ${name}`,
      `Set the environment variable ${name}.`,
      nearest(name, readable),
    )
  );
}

function explainVariable(name: string, { vars, declared = new Map() }: Scope): Problem {
  const description = declared.get(name)?.description;
  const set = `Set the variable: --var ${name}=VALUE.`;
  const help =
    description === undefined ? set : `${set} Its description: ${description.replace(/\.?\s*$/, ".")}`;
  return undefinedVariable(
    `variable ${name}`,
    help,
    nearest(
      name,
      [...Object.keys(vars), ...declared.keys()].filter((other) => other !== name),
    ),
  );
}

function undefinedVariable(variable: string, help: string, close: string | undefined): Problem {
  return {
    code: "undefined-variable",
    summary: "Undefined variable",
    detail: `The ${variable} is not set.`,
    help: close === undefined ? help : `${help} Or did you mean ${close}?`,
  };
}

function explainRowValue(match: string, column: string, { each, unusable = {} }: Scope): Problem {
  const unusableCell = Object.hasOwn(unusable, column) ? unusable[column] : undefined;
  if (unusableCell !== undefined) return unusableCell;
  if (each === undefined) {
    return {
      code: "bad-interpolation",
      summary: "No rows here",
      detail: `${match} has a value only in a block with forEach.`,
      help: "Write the value itself, or add forEach: to the room, user or entry of userSettings.",
    };
  }
  if (Object.hasOwn(each, column)) {
    return {
      code: "bad-interpolation",
      summary: "Not a text",
      detail: `${match} is a ${isArray(each[column]) ? "list" : "mapping"}: it cannot be a part of a text.`,
      help: `Write it as the whole value: ${match}.`,
    };
  }
  const columns = Object.keys(each);
  // Terraform's name for a member of the row.
  const close = nearest(column.replace(/^value\./, ""), columns);
  return {
    code: "undefined-column",
    summary: "Unknown column",
    detail: `The row has no column ${column}.`,
    help:
      close === undefined
        ? `Use one of the columns: ${columns.join(", ")}.`
        : `Did you mean \${each.${close}}?`,
  };
}
