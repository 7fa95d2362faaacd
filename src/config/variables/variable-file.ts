import type { Diagnostic } from "../../core/diagnostic.js";
import { isObject } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import { readYaml } from "../read/read-yaml.js";
import { ambiguousTexts } from "../read/ambiguous-texts.js";
import { interpolate } from "./interpolate.js";
import type { GivenVariable, GivenVariables } from "./variables.js";

/**
 * Reads the variables of a file, by name. Problems are added to `problems` with their places, but without any text of the
 * file, which may be a secret.
 */
export async function readVariableFile(
  file: string,
  bytes: Uint8Array,
  problems: Diagnostic[],
): Promise<GivenVariables> {
  const { content, diagnostics } = await readYaml(file, bytes);
  problems.push(...diagnostics.map(withoutText));
  const vars = new Map<string, GivenVariable>();
  if (content === undefined) return vars;
  problems.push(...ambiguousTexts(content, new Set()).map(withoutText));
  const { value, unresolved, placeOf } = content;
  const help = "Write one variable per line, at the top of the file: name: value.";
  if (!isObject(value)) {
    const detail = "A variable file is a mapping of names to values.";
    const problem = { code: "not-a-mapping", summary: "Not a variable file", detail, help } as const;
    problems.push(withoutLine({ severity: "error", ...problem, ...placeOf([], false) }));
    return vars;
  }
  const add = (name: string, text: string): void => {
    const { range } = placeOf([name], true);
    vars.set(name, { value: text, source: file, place: { range } });
  };
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === "string") {
      const { value: text, problems: inText } = interpolate(one, { env: {}, vars: {} });
      if (typeof text === "string") add(name, text);
      const place = placeOf([name], false);
      problems.push(
        ...inText.map(({ code, summary }) => withoutText({ severity: "error", code, summary, ...place })),
      );
    } else if (typeof one === "number" || typeof one === "boolean") add(name, String(one));
    else if (!unresolved.has(pointer(name))) {
      const detail = `Expected text, a number, true or false for the variable ${name}.`;
      const problem = { code: "wrong-type", summary: "Wrong type", detail, help } as const;
      problems.push(withoutLine({ severity: "error", ...problem, ...placeOf([name], false) }));
    }
  }
  return vars;
}

/** Codes of problems whose text quotes the file. */
const quoting = new Set([
  "yaml-syntax",
  "unknown-tag",
  "unknown-alias",
  "alias-cycle",
  "bad-interpolation",
  "needs-quotes",
  "text-cut",
  "undefined-variable",
]);

function withoutText(diagnostic: Diagnostic): Diagnostic {
  if (!quoting.has(diagnostic.code)) return withoutLine(diagnostic);
  const detail = "The text at this place is hidden, because it may be a secret.";
  const isReference = diagnostic.code === "bad-interpolation" || diagnostic.code === "undefined-variable";
  const help = isReference
    ? "Write the value itself: a variable cannot refer to another one. For a literal ${, write $${."
    : "Write one variable per line, name: value, and put the value in single quotes.";
  return withoutLine({ ...diagnostic, detail, help });
}

function withoutLine({ sourceLine: _secret, related, ...diagnostic }: Diagnostic): Diagnostic {
  if (related === undefined) return diagnostic;
  return { ...diagnostic, related: related.map(({ range, label }) => ({ range, label })) };
}
