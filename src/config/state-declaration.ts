import { dirname, isAbsolute, join } from "node:path";
import type { JsonObject } from "../core/json/json.js";
import { isObject } from "../core/json/json.js";
import { defaultPgName, stateFile } from "../core/default-files.js";
import { stdinName } from "./files/file-set.js";
import type { ReadConfig } from "./read-config.js";

/** The place of a state, as the config declares it. */
export interface StateDeclaration {
  /** The config's `state:`. A local state always has a path, which works from the working directory. */
  readonly config: JsonObject;
  /** The path of a local state as it is declared. Earlier versions took it as relative to the working directory. */
  readonly declaredPath?: string;
  /** The path of the local state that the config had before it declared a server, if it had one. */
  readonly pathBefore?: string;
}

/**
 * Returns the declaration of a state.
 *
 * @param folder of the file that declares it, else of the main config
 * @param environment has a state file of its own
 */
export function toStateDeclaration(
  state: JsonObject,
  folder: string,
  environment?: string,
): StateDeclaration {
  const { backend = "local", path = stateFile(environment) } = state;
  const pathBefore = backend === "local" ? {} : { pathBefore: join(folder, stateFile(environment)) };
  // In a database, several environments may share a schema. Earlier versions gave all of them one name.
  if (backend === "pg" && environment !== undefined && state["name"] === undefined)
    return { config: { ...state, name: environment, formerName: defaultPgName }, ...pathBefore };
  if (backend !== "local" || typeof path !== "string") return { config: state, ...pathBefore };
  return {
    config: { ...state, path: isAbsolute(path) ? path : join(folder, path) },
    declaredPath: path,
  };
}

/** Returns the state of a config. @param folder of the main config */
export function getState(
  { document, places, environment }: Pick<ReadConfig, "document" | "places" | "environment">,
  folder: string,
): StateDeclaration {
  const declared = isObject(document["state"]) ? document["state"] : {};
  const file = declared["path"] === undefined ? undefined : places.locate("/state/path")?.range.file;
  const from = file === undefined || file === stdinName ? folder : dirname(file);
  return toStateDeclaration(declared, from, environment?.name);
}
