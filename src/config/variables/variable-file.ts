import type { Diagnostic } from "../../core/diagnostic.js";
import { isObject } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import { parse } from "../read/parse.js";
import { placeOf } from "../read/source.js";
import { valueOf } from "../read/yaml-value.js";

/**
 * The variables of a file, by name. What is wrong with it goes to `problems`: with its place, but without anything that stands
 * there, which may be a secret.
 */
export function variablesIn(
  file: string,
  bytes: Uint8Array,
  problems: Diagnostic[],
): Readonly<Record<string, string>> {
  const { source, diagnostics } = parse(file, bytes);
  problems.push(...diagnostics.map(withoutText));
  if (source === undefined || diagnostics.length > 0) return {};
  const read = valueOf(source, { env: {}, vars: {} });
  problems.push(...read.diagnostics.map(withoutText));
  const wrong = (words: Pick<Diagnostic, "code" | "summary" | "detail">, path: readonly string[]): void => {
    const help = "Write a line for each variable: name: value.";
    problems.push(withoutLine({ severity: "error", ...words, help, ...placeOf(source, path, false) }));
  };
  if (!isObject(read.value)) {
    const detail = "A file of variables is a block of names and values.";
    wrong({ code: "not-a-mapping", summary: "Not variables", detail }, []);
    return {};
  }
  const vars: Record<string, string> = {};
  for (const [name, value] of Object.entries(read.value)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      vars[name] = String(value);
    else if (!read.unresolved.has(pointer(name))) {
      const detail = `The variable ${name} has to be text, a number, true or false.`;
      wrong({ code: "wrong-type", summary: "Wrong type", detail }, [name]);
    }
  }
  return vars;
}

/** Codes whose words quote what the file has. */
const quoting = new Set([
  "yaml-syntax",
  "unknown-tag",
  "unknown-alias",
  "alias-cycle",
  "bad-interpolation",
  "undefined-variable",
]);

function withoutText(diagnostic: Diagnostic): Diagnostic {
  if (!quoting.has(diagnostic.code)) return withoutLine(diagnostic);
  const detail = "What stands at this place is not shown: it may be a secret.";
  const help = "Put the value in single quotes. Variables can't refer to others; $${ stands for ${.";
  return withoutLine({ ...diagnostic, detail, help });
}

function withoutLine({ sourceLine: _secret, related, ...diagnostic }: Diagnostic): Diagnostic {
  if (related === undefined) return diagnostic;
  return { ...diagnostic, related: related.map(({ range, label }) => ({ range, label })) };
}
