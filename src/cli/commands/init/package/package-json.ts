import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../../../core/json/json.js";
import { isObject } from "../../../../core/json/json.js";
import { UsageError } from "../../../parse/usage-error.js";

const sections = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** Reads a package.json. @throws UsageError if the text is no JSON object */
export function readPackage(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as unknown;
    if (isObject(value)) return value;
  } catch {
    // The same error as for other values.
  }
  throw new UsageError("package.json is not a JSON object. Correct it, then run the command again.");
}

/** Returns the value of a dependency, of whatever section; undefined if the package does not have it. */
export function getDependency(content: JsonObject, name: string): string | undefined {
  const value = getSection(content, getSectionName(content, name))[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * Adds a dependency to a package.json, or changes its value. Everything else keeps its place and format where possible.
 *
 * @throws UsageError if the text is no JSON object
 */
export function withDependency(text: string, name: string, value: string): string {
  const content = readPackage(text);
  const section = getSectionName(content, name);
  const wanted = { ...content, [section]: { ...getSection(content, section), [name]: value } };
  const [indent = ""] = /(?<=^\{\r?\n)[ \t]+/.exec(text) ?? [];
  const entry = `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  return (
    edits(text, { section, name, entry, indent }).find((edited) => isSame(edited, wanted)) ??
    reformatted(wanted, text, indent)
  );
}

function getSectionName(content: JsonObject, name: string): (typeof sections)[number] {
  return sections.find((section) => Object.hasOwn(getSection(content, section), name)) ?? "dependencies";
}

function getSection(content: JsonObject, section: string): JsonObject {
  const value = content[section];
  return isObject(value) ? value : {};
}

/** Edits of the text, of which the right one is known by its value: a key can occur at several depths. */
function edits(
  text: string,
  { section, name, entry, indent }: Readonly<Record<"section" | "name" | "entry" | "indent", string>>,
): readonly string[] {
  const spliced = (pattern: RegExp, replace: (match: RegExpExecArray) => string): readonly string[] =>
    [...text.matchAll(pattern)].map(
      (match) => text.slice(0, match.index) + replace(match) + text.slice(match.index + match[0].length),
    );
  const [eol = ""] = /\r?\n/.exec(text) ?? [];
  return [
    ...spliced(new RegExp(`"${name}"\\s*:\\s*"[^"]*"`, "g"), () => entry),
    ...spliced(
      new RegExp(`"${section}"\\s*:\\s*\\{(\\s*)`, "g"),
      ([head, space = ""]) => `${head}${entry},${space}`,
    ),
    ...(text.includes(`"${section}"`)
      ? []
      : spliced(
          /\s*\}\s*$/g,
          ([end]) => `,${eol}${indent}"${section}": {${eol}${indent}${indent}${entry}${eol}${indent}}${end}`,
        )),
  ];
}

function isSame(text: string, wanted: JsonObject): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), wanted);
  } catch {
    return false;
  }
}

/** Formats the whole file as npm does: with its indentation and line ends. */
function reformatted(content: JsonObject, text: string, indent: string): string {
  const [end = ""] = /\s*$/.exec(text) ?? [];
  const json = JSON.stringify(content, null, indent);
  return `${text.includes("\r\n") ? json.replaceAll("\n", "\r\n") : json}${end}`;
}
