import { resolve } from "node:path";
import type { Diagnostic } from "../core/diagnostic.js";
import { byCodeUnit } from "../core/json/json.js";
import type { ConfigPaths } from "./files/config-files.js";
import { findUnread, readConfigFiles } from "./files/config-files.js";
import type { ParsedFile } from "./files/include.js";
import { readIncluded } from "./files/include.js";
import type { YamlContent } from "./read/read-yaml.js";
import type { DeclaredVariables } from "./variables/declarations.js";
import { withDeclarations } from "./variables/declarations.js";
import type { GivenVariables } from "./variables/variables.js";
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
  /** With the declarations of the files. */
  readonly variables: DeclaredVariables;
  /** The variables of the command line. */
  readonly given: GivenVariables;
  /** The folder of the main config file, which works from the working directory. */
  readonly folder: string;
  readonly variableProblems: readonly Diagnostic[];
  /** The problems of files that could not be read. Those of their content are in `files`. */
  readonly fileProblems: readonly Diagnostic[];
}

/** Reads the files that the command line names, those that they include, and the variables. */
export async function readSources(options: SourceOptions): Promise<Sources> {
  const { env, cwd } = options;
  const { given, diagnostics: valueProblems } = await readVariables(options);
  const { set, folder } = await readConfigFiles(options);
  const vars = Object.fromEntries([...given].map(([name, { value }]) => [name, value]));
  const { files, diagnostics } = await readIncluded(set, { variables: { env, vars }, cwd });
  const { variables, diagnostics: declarationProblems } = withDeclarations({ env, vars }, getContents(files));
  return {
    files: files.toSorted((a, b) => byCodeUnit(resolve(cwd, a.file), resolve(cwd, b.file))),
    variables,
    given,
    folder,
    variableProblems: [...valueProblems, ...declarationProblems],
    fileProblems: [...diagnostics, ...set.diagnostics, ...(await findUnread(set, cwd))],
  };
}

/** Returns the contents of the files that could be understood. */
export function getContents(files: readonly ParsedFile[]): readonly YamlContent[] {
  return files.flatMap(({ read }) => read.content ?? []);
}
