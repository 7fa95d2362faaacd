import { duplicateDeclaration } from "../duplicates.js";
import type { Problem } from "../problem.js";

export function otherLoop(name: string): Problem {
  return {
    code: "unknown-key",
    summary: "Unknown key",
    detail: `"${name}" is not a key of this mapping.`,
    help: "To write the block once for each of several rows, use forEach: [one, two].",
  };
}

export function emptyCell(reference: string): Problem {
  return {
    code: "empty-cell",
    summary: "Empty cell",
    detail: `${reference} is empty in this row. A name or an item of a list cannot be empty.`,
    help: "Fill the cell, or remove the row.",
  };
}

export function noRows(file: string): Problem {
  return {
    code: "no-rows",
    summary: "No rows",
    detail: `${file} has no rows, so this block declares nothing.`,
    help: "Add rows to the file, or remove the block.",
  };
}

export function sameName(address: string, template: string): Problem {
  const help = template.includes("${each.")
    ? "Remove one of the two rows, or put another column into the name."
    : "Put a value of the row into the name: ${each.key}, or ${each.COLUMN}.";
  return { ...duplicateDeclaration(address), help };
}
