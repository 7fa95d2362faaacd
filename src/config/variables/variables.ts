import type { Diagnostic } from "../../core/diagnostic.js";
import { readFiles } from "../read/files.js";

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
  if (files.length > 0) {
    // The parser of YAML takes a while to load: only for those who need it.
    const { variablesIn } = await import("./variable-file.js");
    for (const { file, bytes } of files) Object.assign(vars, variablesIn(file, bytes, problems));
  }
  for (const text of options.vars) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_.-]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) vars[name] = value;
    else problems.push(badVar(text));
  }
  return { vars, diagnostics: problems };
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
