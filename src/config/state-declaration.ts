import { dirname, isAbsolute, join } from "node:path";
import type { JsonObject } from "../core/json/json.js";
import { isObject } from "../core/json/json.js";
import { defaultStateFile } from "../core/state/default-state-file.js";
import { stdinName } from "./files/file-set.js";
import type { ConfigPlaces } from "./read-config.js";

/** The place of a state, as the config declares it. */
export interface StateDeclaration {
  /** The config's `state:`. A local state always has a path, which works from the working directory. */
  readonly config: JsonObject;
  /** The path of a local state as it is declared. Earlier versions took it as relative to the working directory. */
  readonly declaredPath?: string;
}

/** Returns the declaration of a state. @param folder of the file that declares it, else of the main config */
export function toStateDeclaration(state: JsonObject, folder: string): StateDeclaration {
  const { backend = "local", path = defaultStateFile } = state;
  if (backend !== "local" || typeof path !== "string") return { config: state };
  return {
    config: { ...state, path: isAbsolute(path) ? path : join(folder, path) },
    declaredPath: path,
  };
}

/** Returns the state of a merged document. @param folder of the main config */
export function getState({ state }: JsonObject, places: ConfigPlaces, folder: string): StateDeclaration {
  if (!isObject(state)) return toStateDeclaration({}, folder);
  const file = state["path"] === undefined ? undefined : places.locate("/state/path")?.range.file;
  return toStateDeclaration(state, file === undefined || file === stdinName ? folder : dirname(file));
}
