import type { Diagnostic } from "../../core/diagnostic.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import { duplicateDeclaration } from "../duplicates.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";

/** The top-level member that declares environments. */
export const environmentsMember = "environments";

/** The name that stands for every environment. */
export const allEnvironments = "all";

/** An environment as the config declares it: texts may refer to variables. */
export interface DeclaredEnvironment {
  readonly name: string;
  /** The file that declares it. */
  readonly content: YamlContent;
  readonly block: JsonObject;
}

/** The environment that a config was read for. */
export interface Environment {
  readonly name: string;
  /** A section of ~/.gc/config.toml. */
  readonly profile?: string;
  readonly region?: string;
}

/** The chosen environment; none if the config declares none. */
export interface EnvironmentChoice {
  readonly environment?: DeclaredEnvironment;
  /** True if one has to be chosen, or the chosen one does not exist. */
  readonly isMissing: boolean;
  /** The names of all environments, in the order of the files. */
  readonly names: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Returns the environments that files declare, in the order of the files. */
function findEnvironments(contents: readonly YamlContent[]): readonly DeclaredEnvironment[] {
  return contents.flatMap((content) => {
    const blocks = isObject(content.value) ? content.value[environmentsMember] : undefined;
    if (!isObject(blocks)) return [];
    return Object.entries(blocks).flatMap(([name, block]) =>
      isObject(block) || block === null ? [{ name, content, block: block ?? {} }] : [],
    );
  });
}

/** @param name of --env or CHATFORM_ENV */
export function chooseEnvironment(
  contents: readonly YamlContent[],
  name: string | undefined,
): EnvironmentChoice {
  const declared = findEnvironments(contents);
  const names = declared.map((one) => one.name);
  const diagnostics = duplicates(declared);
  const environment = declared.find((one) => one.name === name);
  if (environment !== undefined) return { environment, isMissing: false, names, diagnostics };
  if (name === undefined && declared.length === 0) return { isMissing: false, names, diagnostics };
  const problem = name === undefined ? noneChosen(names) : unknownName(name, names);
  return { isMissing: true, names, diagnostics: [...diagnostics, { severity: "error", ...problem }] };
}

function duplicates(declared: readonly DeclaredEnvironment[]): readonly Diagnostic[] {
  const first = new Map<string, Place>();
  return declared.flatMap(({ name, content }): readonly Diagnostic[] => {
    const place = content.placeOf([environmentsMember, name], true);
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, place);
      return [];
    }
    const problem = duplicateDeclaration(`${environmentsMember}.${name}`);
    return [
      { severity: "error", ...problem, ...place, related: [{ ...other, label: "first declared here" }] },
    ];
  });
}

function noneChosen(names: readonly string[]): Problem {
  const [first = "NAME"] = names;
  return {
    code: "no-environment",
    summary: "No environment chosen",
    detail: `The config declares environments: ${names.join(", ")}.`,
    help: `Choose one with --env ${first}, or with the environment variable CHATFORM_ENV.`,
  };
}

function unknownName(name: string, names: readonly string[]): Problem {
  if (name === allEnvironments && names.length > 0) {
    return {
      code: "unknown-environment",
      summary: "Several environments",
      detail: "All environments are the choice only of plan, drift and doctor.",
      help: `Choose one of them: --env ${names[0] ?? ""}.`,
    };
  }
  const close = nearest(name, names);
  const declared =
    names.length === 0
      ? "The config declares no environments."
      : `Its environments are: ${names.join(", ")}.`;
  return {
    code: "unknown-environment",
    summary: "Unknown environment",
    detail: `The config has no environment ${name}. ${declared}`,
    help:
      close !== undefined
        ? `Did you mean --env ${close}?`
        : names.length === 0
          ? "Leave out --env and CHATFORM_ENV, or declare environments: in the config."
          : `Choose one of them: --env ${names[0] ?? ""}.`,
  };
}
