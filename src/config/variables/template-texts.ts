import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import { forEachText } from "./each-text.js";
import type { Template } from "./other-references.js";
import { findTemplate } from "./other-references.js";

/**
 * Returns a finding for each text that looks like a template of another tool: chatform sends such texts as they are.
 *
 * @param known places of problems, as `startKeys`: a text that has one gets no finding
 */
export function findTemplates(
  { value, mayRefer, placeWithin }: YamlContent,
  known: ReadonlySet<string>,
): readonly Diagnostic[] {
  if (!mayRefer) return [];
  const diagnostics: Diagnostic[] = [];
  forEachText(value, (text, path, atKey) => {
    const found = atKey || !/\{\{|^[$%]|(?:var|env):/.test(text) ? undefined : findTemplate(text);
    if (found === undefined) return;
    const placePart = placeWithin(path, false);
    const whole = placePart({ text, skip: 0 }).range;
    const place = placePart({ text: found.written, skip: 0 });
    const isKnown = [whole, place.range].some(({ start, file }) =>
      [start.offset, start.offset - 1].some((offset) => known.has(`${offset} ${file}`)),
    );
    if (!isKnown) diagnostics.push({ severity: "warning", ...templateText(found), ...place });
  });
  return diagnostics;
}

function templateText({ written, reference }: Template): Problem {
  return {
    code: "template-text",
    summary: "Template of another tool",
    detail: `chatform does not replace ${written}: the text stays as it is.`,
    help: `For the value of a variable, write ${reference}.`,
  };
}
