/*
 * JSON that others' texts can't act through, on a terminal or on who reads it: what JSON.stringify leaves as it is
 * (controls above 7f, marks that turn the direction of text, what has no width) is written as an escape. The values are
 * the same.
 */
import { actingInDocument } from "../../core/safe-text.js";

/** A JSON document with a line feed at its end. @param indent spaces for each level; 0: all in one line */
export function jsonText(value: unknown, indent = 2): string {
  return `${inert(JSON.stringify(value, null, indent))}\n`;
}

/** JSON text with what could act in its strings written as escapes. */
export function inert(json: string): string {
  return json.replaceAll(actingInDocument(), (one) =>
    one.split("").reduce((text, unit) => `${text}\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`, ""),
  );
}

/** A line that GitHub's runner reads as a command: it ignores blanks of any kind in front. Azure's and GitLab's marks are above. */
const command = /(?:^|[\n\r])\s*::/u;

/** Whether a text, written on lines of its own, holds what could act. Line ends other than the plain one count. */
export function isActing(text: string): boolean {
  return text.search(actingInDocument()) >= 0 || text.includes("\r") || command.test(text);
}

/** The same for YAML whose strings with such characters are in double quotes: there, an escape is one code point. */
export function inertYaml(yaml: string): string {
  return yaml.replaceAll(
    actingInDocument(),
    (one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );
}
