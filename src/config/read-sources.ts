import { resolve } from "node:path";
import type { Diagnostic } from "../core/diagnostic.js";
import { byCodeUnit } from "../core/json/json.js";
import type { EnvironmentChoice } from "./environments/choose-environment.js";
import type { ConfigPaths } from "./files/config-files.js";
import { findUnread, readConfigFiles } from "./files/config-files.js";
import { findDataFiles } from "./files/data-files.js";
import type { FileSet } from "./files/file-set.js";
import type { ParsedFile } from "./files/include.js";
import type { Project } from "./files/project.js";
import { readIncluded } from "./files/include.js";
import type { YamlContent } from "./read/read-yaml.js";
import type { DeclaredVariables } from "./variables/declarations.js";
import { VariableLayers } from "./variables/variable-layers.js";
import type { GivenVariables } from "./variables/variables.js";
import { readVariables } from "./variables/variables.js";

export interface SourceOptions extends ConfigPaths {
  /** `NAME=VALUE`, of --var. */
  readonly vars: readonly string[];
  /** Files of --var-file. */
  readonly varFiles: readonly string[];
  /** The name of --env or CHATFORM_ENV. */
  readonly environment?: string | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** The files of a config, parsed, and the variables for them. */
export interface Sources {
  /** In the order in which messages are sent: it depends on neither the command line nor the working directory. */
  readonly files: readonly ParsedFile[];
  /** With the declarations of the files. */
  readonly variables: DeclaredVariables;
  /** The variables of the command line. */
  readonly given: GivenVariables;
  readonly choice: EnvironmentChoice;
  /** The folder of the main config file, which works from the working directory. */
  readonly folder: string;
  /** In CI: the project that links may not lead out of. */
  readonly project: Project | undefined;
  readonly variableProblems: readonly Diagnostic[];
  /** The problems of files that could not be read. Those of their content are in `files`. */
  readonly fileProblems: readonly Diagnostic[];
}

/** Reads the files that the command line names, those that they include, and the variables. */
export async function readSources(options: SourceOptions): Promise<Sources> {
  const { env, cwd, signal } = options;
  const { given, diagnostics: valueProblems } = await readVariables(options);
  const { set, folder, project } = await readConfigFiles(options);
  const vars = Object.fromEntries([...given].map(([name, { value }]) => [name, value]));
  const layers = new VariableLayers({ env, vars }, options.environment, { cwd, project });
  const { files: read, diagnostics } = await readIncluded(set, { layers, cwd, signal });
  const known = await layers.over(getContents(read));
  const data = findDataFiles(getContents(read), known.variables);
  const files = await withoutData(read, [...data, ...options.varFiles], set);
  const { variables, choice, diagnostics: layerProblems } = await layers.over(getContents(files));
  // A file that can't be read may declare the environment.
  const isUnknown = choice.names.length === 0 && files.some(({ read }) => read.content === undefined);
  return {
    choice: isUnknown ? { ...choice, diagnostics: [] } : choice,
    files: files.toSorted((a, b) => byCodeUnit(resolve(cwd, a.file), resolve(cwd, b.file))),
    variables,
    given,
    folder,
    project,
    variableProblems: [...valueProblems, ...layerProblems],
    fileProblems: [...diagnostics, ...set.diagnostics, ...(await findUnread(set, cwd))],
  };
}

/** Leaves out the files of rows and variables in folders of config files. A file that is named as a config stays one. */
async function withoutData(
  files: readonly ParsedFile[],
  data: readonly string[],
  set: FileSet,
): Promise<readonly ParsedFile[]> {
  if (data.length === 0) return files;
  const real = new Set(await Promise.all(data.map((file) => set.realPath(file))));
  const kept: ParsedFile[] = [];
  for (const one of files)
    if ((await set.isNamed(one.file)) || !real.has(await set.realPath(one.file))) kept.push(one);
  return kept;
}

/** Returns the contents of the files that could be understood. */
export function getContents(files: readonly ParsedFile[]): readonly YamlContent[] {
  return files.flatMap(({ read }) => read.content ?? []);
}
