import type { Diagnostic } from "../../core/diagnostic.js";
import { readFiles } from "../files/file-set.js";
import type { Place } from "../read/source.js";
import { readVariableFile } from "./variable-file.js";

/** A value of a variable, and what gives it. */
export interface GivenVariable {
  readonly value: string;
  /** `--var`, or the name of a file. */
  readonly source: string;
  /** The place of the name in a file. */
  readonly place?: Pick<Place, "range">;
}

export type GivenVariables = ReadonlyMap<string, GivenVariable>;

export interface VariablesRead {
  readonly given: GivenVariables;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the variables of --var-file and --var; those of --var win. */
export async function readVariables(options: {
  readonly vars: readonly string[];
  readonly varFiles: readonly string[];
  readonly cwd: string;
}): Promise<VariablesRead> {
  const { files, diagnostics } = await readFiles(options.varFiles, options.cwd, "--var-file");
  const problems = [...diagnostics];
  const given = new Map<string, GivenVariable>();
  for (const { file, bytes } of files)
    for (const [name, one] of await readVariableFile(file, bytes, problems)) given.set(name, one);
  for (const text of options.vars) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_.-]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) given.set(name, { value, source: "--var" });
    else problems.push(badVariable(text));
  }
  return { given, diagnostics: problems };
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
