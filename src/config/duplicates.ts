import type { Problem } from "./problem.js";

/** The problem of the second of two declarations. @param name an address, or the path of a value */
export function duplicateDeclaration(name: string): Problem {
  return {
    code: "duplicate-declaration",
    summary: "Duplicate declaration",
    detail: `${name} is already declared.`,
    help: "Remove one of the two declarations, or merge them.",
  };
}
