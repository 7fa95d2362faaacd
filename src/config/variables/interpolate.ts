import { nearest } from "../../core/nearest.js";
import type { Problem } from "../problem.js";

/** The values that `${env:NAME}` and `${var:NAME}` stand for. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vars: Readonly<Record<string, string>>;
}

export interface InterpolationProblem extends Problem {
  /** Offset of the `${` in the text. */
  readonly at: number;
  readonly length: number;
}

export interface Interpolated {
  readonly text: string;
  /** True if the whole text was one reference. */
  readonly whole: boolean;
  readonly problems: readonly InterpolationProblem[];
}

/** A reference, an escaped reference, or the beginning of an incomplete one. */
const pattern = /\$\$\{|\$\{([^}]*)\}?/g;

/** Replaces the references to variables in a text. References within a variable's value are kept. `$${` stands for `${`. */
export function interpolate(text: string, variables: Variables): Interpolated {
  const problems: InterpolationProblem[] = [];
  let whole = false;
  const result = text.replace(pattern, (match: string, inner: string | undefined, at: number) => {
    if (inner === undefined) return "${";
    whole = match.length === text.length;
    const value = match.endsWith("}") ? lookUp(inner, variables) : undefined;
    if (value !== undefined) return value;
    problems.push({ ...explain(match, inner, variables), at, length: match.length });
    return match;
  });
  return { text: result, whole, problems };
}

const reference = /^(env|var):([A-Za-z_][A-Za-z0-9_.-]*)$/;

function lookUp(inner: string, { env, vars }: Variables): string | undefined {
  const [, namespace, name = ""] = reference.exec(inner) ?? [];
  if (namespace === undefined) return undefined;
  const from = namespace === "env" ? env : vars;
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function explain(match: string, inner: string, { env, vars }: Variables): Problem {
  const [, namespace, name = ""] = reference.exec(inner) ?? [];
  if (namespace === undefined || !match.endsWith("}")) {
    return {
      code: "bad-interpolation",
      summary: "Invalid reference to a variable",
      detail: `${match} is not a valid reference to a variable.`,
      help: "Write ${env:NAME} or ${var:NAME}. For a literal ${, write $${.",
    };
  }
  const close = nearest(name, Object.keys(namespace === "env" ? env : vars));
  const set = namespace === "env" ? `Set the environment variable ${name}.` : `Set it: --var ${name}=VALUE.`;
  return {
    code: "undefined-variable",
    summary: "Undefined variable",
    detail: `The ${namespace === "env" ? "environment variable" : "variable"} ${name} is not set.`,
    help: close === undefined ? set : `${set} Or did you mean ${close}?`,
  };
}
