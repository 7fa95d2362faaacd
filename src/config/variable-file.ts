import type { Diagnostic } from "../core/diagnostic.js";
import { isObject } from "../core/json.js";
import { parse } from "./parse.js";
import { placeOf } from "./source.js";
import { valueOf } from "./yaml-value.js";

/** The variables of a file, by name. What is wrong with it goes to `problems`. */
export function variablesIn(
  file: string,
  bytes: Uint8Array,
  problems: Diagnostic[],
): Readonly<Record<string, string>> {
  const { source, diagnostics } = parse(file, bytes);
  problems.push(...diagnostics);
  if (source === undefined || diagnostics.length > 0) return {};
  const read = valueOf(source, { env: {}, vars: {} });
  problems.push(...read.diagnostics);
  const help = "Write a line for each variable: name: value.";
  if (!isObject(read.value)) {
    const detail = "A file of variables is a block of names and values.";
    problems.push({
      severity: "error",
      code: "not-a-mapping",
      summary: "Not variables",
      detail,
      help,
      ...placeOf(source, [], false),
    });
    return {};
  }
  const vars: Record<string, string> = {};
  for (const [name, value] of Object.entries(read.value)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      vars[name] = String(value);
    else {
      const detail = `The variable ${name} has to be text, a number, true or false.`;
      problems.push({
        severity: "error",
        code: "wrong-type",
        summary: "Wrong type",
        detail,
        help,
        ...placeOf(source, [name], false),
      });
    }
  }
  return vars;
}
