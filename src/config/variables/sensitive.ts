import { shortestSecret } from "../../core/credentials.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { DeclaredVariables } from "./declarations.js";

/** The declarations of a config about what outputs may show. */
export interface Sensitivity {
  /** Values of variables with `sensitive: true`. */
  readonly secrets: readonly string[];
  /** Names of variables with `sensitive: false`. */
  readonly released: ReadonlySet<string>;
}

/** Returns what outputs may show. */
export function readSensitivity({
  declared,
  vars,
}: DeclaredVariables): Sensitivity & { readonly diagnostics: readonly Diagnostic[] } {
  const secrets: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [name, { sensitive, place }] of declared) {
    const value = sensitive === true ? vars[name]?.trim() : undefined;
    if (value === undefined) continue;
    secrets.push(value);
    if (value.length < shortestSecret)
      diagnostics.push({ severity: "error", ...tooShort(name, value), ...place });
  }
  const released = [...declared].filter(([, { sensitive }]) => sensitive === false).map(([name]) => name);
  return { secrets, released: new Set(released), diagnostics };
}

function tooShort(name: string, { length }: string): Problem {
  return {
    code: "bad-variable",
    summary: "Sensitive value too short",
    detail: `The value of ${name} has ${length} characters. Outputs can mask values of ${shortestSecret} characters or more.`,
    help: "Choose a longer value, or remove sensitive: true.",
  };
}
