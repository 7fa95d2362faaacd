import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { nearest, NearestNames } from "../../core/nearest.js";
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
  readonly declared?: ReadonlyMap<string, Pick<VariableDeclaration, "description" | "sensitive">> | undefined;
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
  readonly problems: readonly InterpolationProblem[];
}

/** A reference, an escaped reference, or the beginning of an incomplete one. */
const pattern = /\$\$\{|\$\{(\{[^}]*\}|[^}]*)\}?/g;
const variable = /^(env|var):([A-Za-z_][A-Za-z0-9_.-]*)$/;
const rowValue = /^each\.(.+)$/s;

/** A reference in a text. */
interface Reference {
  /** As it is written; the closing brace may be missing. */
  readonly match: string;
  /** Without braces: `var:domain`. */
  readonly inner: string;
  readonly at: number;
  /** The column of a row, or the name of a variable; neither in a reference of another tool. */
  readonly column?: string | undefined;
  readonly namespace?: "env" | "var";
  readonly name?: string;
}

/** Cache: a block with rows has the same texts for each row. */
const parsed = new Map<string, readonly (string | Reference)[]>();
const mostParsed = 1000;

/** Returns the references in a text, and the texts around them. */
function parse(text: string): readonly (string | Reference)[] {
  if (!text.includes("${")) return [text];
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const { 0: match, 1: inner, index: at } of text.matchAll(pattern)) {
    if (at > end) parts.push(text.slice(end, at));
    parts.push(inner === undefined ? "${" : { match, inner, at, ...target(inner) });
    end = at + match.length;
  }
  if (text.length > end) parts.push(text.slice(end));
  if (parsed.size < mostParsed) parsed.set(text, parts);
  return parts;
}

function target(inner: string): Pick<Reference, "column" | "namespace" | "name"> {
  const [, namespace, name = ""] = variable.exec(inner) ?? [];
  return namespace === "env" || namespace === "var"
    ? { namespace, name }
    : { column: rowValue.exec(inner)?.[1] };
}

function references(text: string): readonly Reference[] {
  return parse(text).filter((part) => typeof part !== "string");
}

/** Replaces the references in a text. References within a value are kept. `$${` stands for `${`. */
export function interpolate(text: string, scope: Scope): Interpolated {
  const parts = parse(text);
  const problems: InterpolationProblem[] = [];
  const counted = new Map<string, Counted>();
  let result = "";
  for (const part of parts) {
    if (typeof part === "string") {
      result += part;
      continue;
    }
    const value = lookUp(part, scope);
    if (value !== undefined && parts.length === 1) return { value, problems };
    if (value !== undefined && !isCollection(value)) result += value === null ? "" : asText(value);
    else {
      const { match, at } = part;
      const before = countBefore(text, match, at, counted.get(match));
      counted.set(match, before);
      problems.push({ ...explain(part, scope), part: { text: match, skip: before.count } });
      result += match;
    }
  }
  return { value: result, problems };
}

/** The number of equal parts before an offset, and the end of the last one. */
interface Counted {
  readonly count: number;
  readonly end: number;
}

/** Counts the equal parts before an offset, on from the last count: a text may have thousands of them. */
function countBefore(text: string, part: string, at: number, last: Counted = { count: 0, end: 0 }): Counted {
  let { count, end } = last;
  for (let next = text.indexOf(part, end); next >= 0 && next < at; next = text.indexOf(part, end)) {
    count++;
    end = next + part.length;
  }
  return { count, end };
}

/** Returns true for a text that is one reference: its value may stand for a number or boolean. */
export function isReference(text: string): boolean {
  const [first, ...others] = parse(text);
  return typeof first === "object" && others.length === 0;
}

/** Returns the references to variables in a text, without braces: `var:domain`. */
export function variableReferences(text: string): readonly string[] {
  return references(text).flatMap(({ inner, namespace }) => (namespace === undefined ? [] : [inner]));
}

/** Returns the names of the values of a row that a text refers to. */
export function rowReferences(text: string): readonly string[] {
  return references(text).flatMap(({ column }) => column ?? []);
}

function lookUp(
  { match, column, namespace, name = "" }: Reference,
  { env, vars, declared, each }: Scope,
): Json | undefined {
  if (!match.endsWith("}")) return undefined;
  if (column !== undefined)
    return each !== undefined && Object.hasOwn(each, column) ? each[column] : undefined;
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

function explain({ match, inner, column, namespace, name = "" }: Reference, scope: Scope): Problem {
  const isComplete = match.endsWith("}");
  if (column !== undefined && isComplete) return explainRowValue(match, column, scope);
  if (namespace === undefined || !isComplete) {
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

/** The names of the variables of a scope: a block with rows may have the same undefined variable in each. */
const names = new WeakMap<object, NearestNames>();

function explainVariable(name: string, { vars, declared }: Scope): Problem {
  const owner = declared ?? vars;
  const known = names.get(owner) ?? new NearestNames([...Object.keys(vars), ...(declared?.keys() ?? [])]);
  names.set(owner, known);
  const description = declared?.get(name)?.description;
  const set = `Set the variable: --var ${name}=VALUE.`;
  const help =
    description === undefined ? set : `${set} Its description: ${description.replace(/\.?\s*$/, ".")}`;
  return undefinedVariable(`variable ${name}`, help, known.find(name, name));
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
