/** The variables that hold the credentials of a state, by backend. Those of `local` are none. */
const variables: Readonly<Record<string, readonly string[]>> = {
  pg: ["PG_CONN_STR"],
  http: ["TF_HTTP_USERNAME", "TF_HTTP_PASSWORD"],
};

/** Returns the variables with the credentials of all these backends. */
export function stateSecrets(backends: readonly string[]): readonly string[] {
  return [...new Set(backends.flatMap((backend) => variables[backend] ?? []))];
}
