import { resolve } from "node:path";
import { localStore } from "./local.js";
import type { StateStore } from "./store.js";

/** The desired state's `state:`. */
export interface StateConfig {
  readonly backend: "local";
  /** Relative to the working directory. */
  readonly path?: string;
}

export const defaultStatePath = "chatform.state.json";

/** Opens the store that the configuration names. */
export function openStore(
  config: StateConfig,
  _env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): StateStore {
  const path = config.path ?? defaultStatePath;
  return localStore({ path: resolve(cwd, path), location: path });
}
