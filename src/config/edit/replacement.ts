import type { Span } from "../read/source.js";

/** A part of a text, and the text that takes its place. */
export interface Replacement {
  readonly at: Span;
  readonly by: string;
}

/** Replaces parts of a text. Deletions may overlap. */
export function replaceParts(text: string, replacements: readonly Replacement[]): string {
  const parts: string[] = [];
  let from = 0;
  // An insertion comes before a deletion that begins at the same place.
  for (const { at, by } of replacements.toSorted((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])) {
    parts.push(text.slice(from, at[0]), by);
    from = Math.max(from, at[1]);
  }
  return parts.join("") + text.slice(from);
}
