import { nearest } from "../../core/nearest.js";

/** The values that `${env:NAME}` and `${var:NAME}` stand for. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vars: Readonly<Record<string, string>>;
}

export interface InterpolationProblem {
  readonly code: "undefined-variable" | "bad-interpolation";
  readonly detail: string;
  readonly help: string;
  /** Where in the text the `${` stands. */
  readonly at: number;
  readonly length: number;
}

export interface Interpolated {
  readonly text: string;
  /** Whether the whole text was one reference. */
  readonly whole: boolean;
  readonly problems: readonly InterpolationProblem[];
}

/** A reference, or one that is escaped, or the beginning of something that should be one. */
const pattern = /\$\$\{|\$\{([^}]*)\}?/g;

/** Replaces references to variables in a text, once: what they hold is not looked into. `$${` stands for `${`. */
export function interpolate(text: string, variables: Variables): Interpolated {
  const problems: InterpolationProblem[] = [];
  let whole = false;
  const result = text.replace(pattern, (match: string, inner: string | undefined, at: number) => {
    if (inner === undefined) return "${";
    whole = match.length === text.length;
    const value = match.endsWith("}") ? valueOf(inner, variables) : undefined;
    if (typeof value === "string") return value;
    problems.push({ ...problemOf(match, inner, variables), at, length: match.length });
    return match;
  });
  return { text: result, whole, problems };
}

const reference = /^(env|var):([A-Za-z_][A-Za-z0-9_.-]*)$/;

function valueOf(inner: string, { env, vars }: Variables): string | undefined {
  const [, namespace, name = ""] = reference.exec(inner) ?? [];
  if (namespace === undefined) return undefined;
  const from = namespace === "env" ? env : vars;
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function problemOf(
  match: string,
  inner: string,
  { env, vars }: Variables,
): Pick<InterpolationProblem, "code" | "detail" | "help"> {
  const [, namespace, name = ""] = reference.exec(inner) ?? [];
  if (namespace === undefined || !match.endsWith("}")) {
    return {
      code: "bad-interpolation",
      detail: `${match} is not a reference to a variable.`,
      help: "Write ${env:NAME} or ${var:NAME}. For the characters themselves, write $${.",
    };
  }
  const known = Object.keys(namespace === "env" ? env : vars);
  const close = nearest(name, known);
  const how = namespace === "env" ? `Set the environment variable ${name}.` : `Give it: --var ${name}=VALUE.`;
  return {
    code: "undefined-variable",
    detail: `The ${namespace === "env" ? "environment variable" : "variable"} ${name} is not set.`,
    help: close === undefined ? how : `${how} Or did you mean ${close}?`,
  };
}
