/*
 * JSON and YAML in which others' text can't act on a terminal or mislead a reader: characters that JSON.stringify keeps (controls
 * above 7f, marks that turn the direction of text, characters without a width) are written as escapes. The values are the same.
 */
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { actsInDocument, escapedInDocument } from "../../core/safe-text.js";

/**
 * Returns a JSON document that ends with a line feed. One that would be too long with line breaks is in one line: a string of V8 has at
 * most 512 MB, and a plan of 200,000 resources has more.
 *
 * @param indent spaces for each level; 0: all in one line
 * @throws DiagnosticsError json-too-large
 */
export function jsonText(value: unknown, indent = 2): string {
  try {
    return `${escapeJson(JSON.stringify(value, null, indent))}\n`;
  } catch (error) {
    if (!(error instanceof RangeError && error.message === "Invalid string length")) throw error;
    if (indent > 0) return jsonText(value, 0);
    throw new DiagnosticsError([tooLarge]);
  }
}

const tooLarge: Diagnostic = {
  severity: "error",
  code: "json-too-large",
  summary: "JSON too large",
  detail: "The JSON would have more than 512 MB.",
  help: "Take one part of the config after the other, with --target or --exclude.",
};

/** Returns JSON text with acting characters written as escapes. */
export function escapeJson(json: string): string {
  return escapedInDocument(json, (one) =>
    one.split("").reduce((text, unit) => `${text}\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`, ""),
  );
}

/** Matches a line that GitHub's runner reads as a command. The runner ignores blanks of any kind in front. */
const command = /(?:^|[\n\r])\s*::/u;

/** Returns true for text that could act if it were written on lines of its own. Line ends other than \n count. */
export function needsEscaping(text: string): boolean {
  return actsInDocument(text) || text.includes("\r") || command.test(text);
}

/** Returns YAML text with acting characters written as escapes. Strings that hold them must be in double quotes. */
export function escapeYaml(yaml: string): string {
  return escapedInDocument(yaml, (one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
}
