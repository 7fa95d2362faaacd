import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { VariableDeclaration } from "./declarations.js";
import { forEachText } from "./each-text.js";
import { variableReferences } from "./interpolate.js";
import type { GivenVariables } from "./variables.js";

/** The first place of each reference, by the reference without its braces: `var:domain`. */
export type VariableUses = ReadonlyMap<string, Place>;

/** Finds the references to variables in the values and names of config files. */
export function findUses(contents: readonly YamlContent[]): VariableUses {
  const uses = new Map<string, Place>();
  for (const { value, placeOf } of contents) {
    forEachText(value, (text, path, atKey) => {
      for (const reference of variableReferences(text))
        if (!uses.has(reference)) uses.set(reference, placeOf(path, atKey));
    });
  }
  return uses;
}

/** Returns findings: variables that are declared or given without being used, and used without being declared. */
export function variableFindings(
  declared: ReadonlyMap<string, VariableDeclaration>,
  given: GivenVariables,
  uses: VariableUses,
): readonly Diagnostic[] {
  const isUsed = (name: string): boolean => uses.has(`var:${name}`) || uses.has(`env:${name}`);
  const unused = [...declared]
    .filter(([name]) => !isUsed(name))
    .map(([name, { place }]) => warning(unusedDeclaration(name), place));
  const undeclared = [...uses].flatMap(([reference, place]) => {
    const name = /^var:(.*)/.exec(reference)?.[1];
    return declared.size === 0 || name === undefined || declared.has(name)
      ? []
      : [warning(undeclaredVariable(name), place)];
  });
  const superfluous = [...given]
    .filter(([name]) => !declared.has(name) && !isUsed(name))
    .map(([name, { source, place }]) => warning(unusedValue(name, source), place));
  return [...unused, ...undeclared, ...superfluous];
}

function warning(problem: Problem, place: Partial<Place> | undefined): Diagnostic {
  return { severity: "warning", ...problem, ...place };
}

function unusedDeclaration(name: string): Problem {
  return {
    code: "unused-variable",
    summary: "Unused variable",
    detail: `The variable ${name} is declared, but no config file refers to it.`,
    help: `Refer to it with \${var:${name}}, or remove the declaration.`,
  };
}

function undeclaredVariable(name: string): Problem {
  return {
    code: "undeclared-variable",
    summary: "Undeclared variable",
    detail: `The variable ${name} is not declared, but other variables are.`,
    help: `Declare it: variables: { ${name}: { description: … } }.`,
  };
}

function unusedValue(name: string, source: string): Problem {
  return {
    code: "unused-variable",
    summary: "Unused variable",
    detail: `${source} gives the variable ${name} a value, but no config file refers to it.`,
    help: `Refer to it with \${var:${name}}, or do not give it.`,
  };
}
