import type { Diagnostic } from "../core/diagnostic.js";
import { isObject } from "../core/json/json.js";
import type { Environment } from "./environments/choose-environment.js";
import type { LoadOptions } from "./load.js";
import { readConfig } from "./read-config.js";
import { readSources } from "./read-sources.js";
import type { YamlRead } from "./read/read-yaml.js";
import type { StateDeclaration } from "./state-declaration.js";
import { getState } from "./state-declaration.js";
import type { Sensitivity } from "./variables/sensitive.js";
import { readSensitivity } from "./variables/sensitive.js";

/** The state of a config and the environment that it belongs to, and the problems that concern them. */
export interface LoadedState {
  readonly state: StateDeclaration;
  readonly environment?: Environment | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly sensitivity: Sensitivity;
}

/** Loads only the config's `state:` and environment. Problems elsewhere are left out, unless they may hide the state. */
export async function loadState(options: LoadOptions): Promise<LoadedState> {
  const { files, variables, choice, folder, variableProblems, fileProblems } = await readSources(options);
  const config = await readConfig(
    files.flatMap(({ read }) => onlyState(read)),
    { ...options, variables, environment: choice.environment?.name },
  );
  const { document, environment } = config;
  const diagnostics = [...choice.diagnostics, ...config.diagnostics];
  const { secrets, released } = readSensitivity(variables);
  const unread = files.flatMap(({ read }) => (read.content === undefined ? read.diagnostics : []));
  return {
    state: getState(config, folder),
    environment,
    sensitivity: { secrets, released },
    diagnostics: [
      ...(diagnostics.length === 0 ? [] : [...variableProblems, ...diagnostics]),
      ...(document["state"] === undefined ? [...fileProblems, ...unread] : []),
    ],
  };
}

/** Returns a file without what does not matter for the state; nothing for a file that could not be understood. */
function onlyState({ content, diagnostics }: YamlRead): readonly YamlRead[] {
  if (content === undefined) return [];
  const { state, environments } = isObject(content.value) ? content.value : {};
  const value = {
    version: 1,
    ...(state === undefined ? {} : { state }),
    ...(environments === undefined ? {} : { environments }),
  };
  const isUnread = [...content.unresolved, ...content.partial].some((at) =>
    /^\/(?:state|environments)\//.test(`${at}/`),
  );
  return [
    {
      content: { ...content, value, ambiguous: [], respelled: [] },
      diagnostics: isUnread ? diagnostics : [],
    },
  ];
}
