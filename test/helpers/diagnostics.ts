import { basename } from "node:path";
import { expect } from "vitest";
import type { Diagnostic, RelatedPlace, SourceRange } from "../../src/core/diagnostic.js";
import { renderDiagnostics } from "../../src/views/diagnostics/diagnostics-text.js";
import { styles } from "../../src/views/text/terminal.js";

/** Returns problems as a terminal of 80 columns shows them. */
export function showFrames(diagnostics: readonly Diagnostic[]): string {
  const frames = renderDiagnostics(diagnostics, { style: styles(false), width: 80 });
  expect(looksLikeStackTrace(frames)).toBe(false);
  return frames;
}

/** `unknown-key 3:5-3:11 room.yaml` */
export function toLine({ code, range, related = [] }: Diagnostic): string {
  return [code, toPlace(range), ...related.map((one: RelatedPlace) => `(${toPlace(one.range)})`)].join(" ");
}

function toPlace(range: SourceRange | undefined): string {
  if (range === undefined) return "nowhere";
  const { file, start, end } = range;
  return `${start.line}:${start.column}-${end.line}:${end.column} ${basename(file)}`;
}

/** Each has a place that exists, and says what is wrong and what to do. */
export function expectHelpful({ range, detail, help, summary }: Diagnostic): void {
  expect(range?.start.line).toBeGreaterThan(0);
  expect(range?.start.column).toBeGreaterThan(0);
  expect(range?.end.offset).toBeGreaterThanOrEqual(range?.start.offset ?? 0);
  expect(summary).not.toMatch(/\.$/);
  expect(detail).toMatch(/\.$/);
  // A help text is a sentence, or ends in the line to write.
  expect(help).toMatch(/[.?]$|: \S/);
}

function looksLikeStackTrace(text: string): boolean {
  return /^\s+at .*(?::\d+:\d+|<anonymous>)|\b(?:node_modules|node:internal|(?:Type|Range|Reference|Internal)Error)\b/m.test(
    text,
  );
}
