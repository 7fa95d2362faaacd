import type { Diagnostic } from "../../core/diagnostic.js";
import { readFiles } from "../files/file-set.js";
import { readVariableFile } from "./variable-file.js";

export interface VariablesRead {
  readonly vars: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the variables of --var-file and --var; those of --var win. */
export async function readVariables(options: {
  readonly vars: readonly string[];
  readonly varFiles: readonly string[];
  readonly cwd: string;
}): Promise<VariablesRead> {
  const { files, diagnostics } = await readFiles(options.varFiles, options.cwd);
  const problems = [...diagnostics];
  const vars: Record<string, string> = {};
  for (const { file, bytes } of files) Object.assign(vars, await readVariableFile(file, bytes, problems));
  for (const text of options.vars) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_.-]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) vars[name] = value;
    else problems.push(badVariable(text));
  }
  return { vars, diagnostics: problems };
}

function badVariable(text: string): Diagnostic {
  // The value may be a secret: only the name is shown.
  const [name = ""] = text.split("=");
  return {
    severity: "error",
    code: "bad-variable",
    summary: "Invalid variable",
    detail: `--var ${name} has no value, or its name is not valid.`,
    help: "Write --var NAME=VALUE. A name begins with a letter or underscore.",
  };
}
