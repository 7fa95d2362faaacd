import type { Diagnostic } from "../core/diagnostic.js";
import { isObject } from "../core/json.js";
import { readFiles } from "./files.js";
import { parse } from "./parse.js";
import { placeOf } from "./source.js";
import { valueOf } from "./yaml-value.js";

export interface VariablesRead {
  readonly vars: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The variables of --var-file, over them those of --var. */
export async function readVariables(options: {
  readonly vars: readonly string[];
  readonly varFiles: readonly string[];
  readonly cwd: string;
}): Promise<VariablesRead> {
  const { files, diagnostics } = await readFiles(options.varFiles, options.cwd);
  const problems = [...diagnostics];
  const vars: Record<string, string> = {};
  for (const { file, bytes } of files) Object.assign(vars, fromFile(file, bytes, problems));
  for (const text of options.vars) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_.-]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) vars[name] = value;
    else problems.push(badVar(text));
  }
  return { vars, diagnostics: problems };
}

function fromFile(file: string, bytes: Uint8Array, problems: Diagnostic[]): Readonly<Record<string, string>> {
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

function badVar(text: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-variable",
    summary: "Not a variable",
    // What stands behind the name may be a secret.
    detail: `--var ${text.split("=")[0] ?? ""} has no value, or a name that can't be one.`,
    help: "Write --var NAME=VALUE.",
  };
}
