import type { Diagnostic } from "../core/diagnostic.js";
import { isObject } from "../core/json/json.js";
import type { LoadOptions } from "./load.js";
import { readConfig } from "./read-config.js";
import { readSources } from "./read-sources.js";
import type { YamlRead } from "./read/read-yaml.js";
import type { StateDeclaration } from "./state-declaration.js";
import { getState } from "./state-declaration.js";
import type { Sensitivity } from "./variables/sensitive.js";
import { readSensitivity } from "./variables/sensitive.js";

/** The state of a config, and the problems that concern it. */
export interface LoadedState {
  readonly state: StateDeclaration;
  readonly diagnostics: readonly Diagnostic[];
  readonly sensitivity: Sensitivity;
}

/** Loads only the config's `state:`. Problems elsewhere are left out, unless they may hide the state. */
export async function loadState(options: LoadOptions): Promise<LoadedState> {
  const { files, variables, folder, variableProblems, fileProblems } = await readSources(options);
  const { document, diagnostics, places } = await readConfig(
    files.flatMap(({ read }) => onlyState(read)),
    { ...options, variables },
  );
  const { secrets, released } = readSensitivity(variables);
  const unread = files.flatMap(({ read }) => (read.content === undefined ? read.diagnostics : []));
  return {
    state: getState(document, places, folder),
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
  const { state } = isObject(content.value) ? content.value : {};
  const value = { version: 1, ...(state === undefined ? {} : { state }) };
  const isUnread = [...content.unresolved, ...content.partial].some((at) => `${at}/`.startsWith("/state/"));
  return [{ content: { ...content, value, ambiguous: [] }, diagnostics: isUnread ? diagnostics : [] }];
}
