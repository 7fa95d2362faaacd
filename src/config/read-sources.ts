import { resolve } from "node:path";
import type { Diagnostic } from "../core/diagnostic.js";
import { byCodeUnit } from "../core/json/json.js";
import type { ConfigPaths } from "./files/config-files.js";
import { findUnread, readConfigFiles } from "./files/config-files.js";
import type { ParsedFile } from "./files/include.js";
import { readIncluded } from "./files/include.js";
import type { Variables } from "./variables/interpolate.js";
import { readVariables } from "./variables/variables.js";

export interface SourceOptions extends ConfigPaths {
  /** `NAME=VALUE`, of --var. */
  readonly vars: readonly string[];
  /** Files of --var-file. */
  readonly varFiles: readonly string[];
}

/** The files of a config, parsed, and the variables for them. */
export interface Sources {
  /** In the order in which messages are sent: it depends on neither the command line nor the working directory. */
  readonly files: readonly ParsedFile[];
  readonly variables: Variables;
  /** The folder of the main config file, which works from the working directory. */
  readonly folder: string;
  readonly variableProblems: readonly Diagnostic[];
  /** The problems of files that could not be read. Those of their content are in `files`. */
  readonly fileProblems: readonly Diagnostic[];
}

/** Reads the files that the command line names, those that they include, and the variables. */
export async function readSources(options: SourceOptions): Promise<Sources> {
  const { env, cwd } = options;
  const { vars, diagnostics: variableProblems } = await readVariables(options);
  const { set, folder } = await readConfigFiles(options);
  const variables = { env, vars };
  const { files, diagnostics } = await readIncluded(set, { variables, cwd });
  return {
    files: files.toSorted((a, b) => byCodeUnit(resolve(cwd, a.file), resolve(cwd, b.file))),
    variables,
    folder,
    variableProblems,
    fileProblems: [...diagnostics, ...set.diagnostics, ...(await findUnread(set, cwd))],
  };
}
