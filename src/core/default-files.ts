/** The main config file where none is named. */
export const defaultConfigFile = "chatform.yaml";

/** The file of a local state, beside the main config file. */
export const defaultStateFile = "chatform.state.json";

/** The name of a state in PostgreSQL, without environments. */
export const defaultPgName = "default";

/** Returns the name of the file of a local state: that of an environment has the environment's name in it. */
export function stateFile(environment: string | undefined): string {
  return environment === undefined ? defaultStateFile : `chatform.${environment}.state.json`;
}
