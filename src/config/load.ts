import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json/json.js";
import { byCodeUnit, isObject } from "../core/json/json.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import type { SharedDeclaration } from "../core/people/shared-declaration.js";
import type { Safety } from "../core/plan/policy.js";
import { defaultSafety } from "../core/plan/policy.js";
import type { Move } from "../core/state/moved-addresses.js";
import type { Environment } from "./environments/choose-environment.js";
import type { ConfigPlaces } from "./read-config.js";
import { readConfig } from "./read-config.js";
import type { SourceOptions } from "./read-sources.js";
import { getContents, readSources } from "./read-sources.js";
import type { YamlRead } from "./read/read-yaml.js";
import type { StateDeclaration } from "./state-declaration.js";
import { getState } from "./state-declaration.js";
import type { Variables } from "./variables/interpolate.js";
import type { Sensitivity } from "./variables/sensitive.js";
import { readSensitivity } from "./variables/sensitive.js";
import { findUses, variableFindings } from "./variables/variable-uses.js";

export interface LoadOptions extends SourceOptions {
  readonly kinds: readonly Kind[];
}

/** A config, and its problems. */
export interface Loaded {
  /** The merged files, with variables replaced. */
  readonly document: JsonObject;
  /** Sorted by address. Complete only without errors. */
  readonly resources: readonly Resource[];
  /** Declarations for many users, in order of appearance. Complete only without errors. */
  readonly shared: readonly SharedDeclaration[];
  /** The renamed addresses. Complete only without errors. */
  readonly moved: readonly Move[];
  readonly safety: Safety;
  readonly state: StateDeclaration;
  /** The files, as paths that work from the working directory. */
  readonly files: readonly string[];
  /** The files of rows, as paths that work from the working directory. */
  readonly rowFiles: readonly string[];
  /** All problems of all files, sorted by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The variables that the files were read with. */
  readonly variables: Variables;
  readonly sensitivity: Sensitivity;
  /** Returns findings: variables without a use, and without a declaration. */
  readonly findUnusedVariables: () => readonly Diagnostic[];
  /** The places of the values in the files. */
  readonly places: ConfigPlaces;
  /** The chosen environment; undefined if the config declares none. */
  readonly environment?: Environment | undefined;
  /** The names of all declared environments. */
  readonly environments: readonly string[];
}

/** Loads the config. Never throws for what a user wrote: all problems are in `diagnostics`. */
export async function loadDesired(options: LoadOptions): Promise<Loaded> {
  const { files, variables, given, choice, folder, project, variableProblems, fileProblems } =
    await readSources(options);
  const reads = files.map(({ read }) => (choice.isMissing ? withoutContent(read) : read));
  const environment = choice.environment?.name;
  const config = await readConfig(reads, { ...options, variables, project, environment });
  const { diagnostics: tooShort, ...sensitivity } = readSensitivity(variables);
  const problems = [
    // A file that could not be read may declare any environment, and a file of variables may set any variable.
    ...(choice.names.length === 0 && hasErrors(fileProblems) ? [] : choice.diagnostics),
    ...[...variableProblems, ...fileProblems],
    ...config.diagnostics.filter(({ code }) => code !== "undefined-variable" || !hasErrors(variableProblems)),
    ...tooShort,
  ];
  const diagnostics = withoutRepetitions(problems).sort(byPlace);
  const { safety } = config.document;
  return {
    ...config,
    environments: choice.names,
    safety: { ...defaultSafety, ...(isObject(safety) ? safety : {}) },
    state: getState(config, folder),
    files: files.map(({ file }) => file),
    diagnostics,
    variables,
    sensitivity,
    // A file that could not be read may refer to any variable.
    findUnusedVariables: () =>
      hasErrors(diagnostics) || variables.declared.size + given.size === 0
        ? []
        : variableFindings(variables.declared, given, findUses(getContents(files))),
  };
}

/** Returns a file without its content: without the values of an environment, every variable in it would be a problem. */
function withoutContent({ diagnostics }: YamlRead): YamlRead {
  return { diagnostics };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** Keeps one of the problems that an alias repeats, or that two stages found. */
function withoutRepetitions(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, detail = "", range, related }) => {
    if (range === undefined) return true;
    // Each empty cell is a mistake of its own; other problems that rows repeat are in the block that is written for them.
    const row = code === "empty-cell" ? related?.[0]?.range : undefined;
    const key = JSON.stringify([code, detail, range.file, range.start.offset, row]);
    return !seen.has(key) && seen.add(key);
  });
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    byCodeUnit(a.range?.file ?? "", b.range?.file ?? "") ||
    (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0) ||
    byCodeUnit(a.code, b.code)
  );
}
