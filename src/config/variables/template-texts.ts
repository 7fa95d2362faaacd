import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Template } from "./other-references.js";
import { findTemplate } from "./other-references.js";

/**
 * Returns a finding for each text that looks like a template of another tool: chatform sends such texts as they are.
 *
 * @param known problems: a text that has one gets no finding
 */
export function findTemplates(
  { value, placeWithin }: YamlContent,
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  const taken = new Set(known.map(({ range }) => `${range?.start.offset} ${range?.file}`));
  return texts(value, []).flatMap(([text, path]): readonly Diagnostic[] => {
    const found = findTemplate(text);
    if (found === undefined) return [];
    const whole = placeWithin(path, false, { text, skip: 0 }).range;
    const place = placeWithin(path, false, { text: found.written, skip: 0 });
    const isKnown = [whole, place.range].some(({ start, file }) =>
      [start.offset, start.offset - 1].some((offset) => taken.has(`${offset} ${file}`)),
    );
    return isKnown ? [] : [{ severity: "warning", ...templateText(found), ...place }];
  });
}

/** Returns the texts of a value that may hold a template, with their paths. */
function texts(value: Json, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  if (typeof value === "string") return /\{\{|^[$%]|(?:var|env):/.test(value) ? [[value, path]] : [];
  const members: readonly (readonly [string, Json | undefined])[] = isArray(value)
    ? value.map((item, index) => [String(index), item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return members.flatMap(([name, inner]) => texts(inner ?? null, [...path, name]));
}

function templateText({ written, reference }: Template): Problem {
  return {
    code: "template-text",
    summary: "Template of another tool",
    detail: `chatform does not replace ${written}: the text stays as it is.`,
    help: `For the value of a variable, write ${reference}.`,
  };
}
