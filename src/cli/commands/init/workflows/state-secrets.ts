/** The secrets and variables of the jobs for the state, by backend. */
const needs: Readonly<
  Record<string, { readonly secrets?: readonly string[]; readonly vars?: readonly string[] }>
> = {
  pg: { secrets: ["PG_CONN_STR"] },
  // The addresses of the variables keep the credentials from other servers that a config names.
  http: { secrets: ["TF_HTTP_USERNAME", "TF_HTTP_PASSWORD"], vars: ["TF_HTTP_ADDRESS"] },
  // With a role, GitHub's token for identities takes the place of keys.
  s3: {
    secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    vars: ["AWS_REGION", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_S3"],
  },
};

/** Returns the secrets that hold the credentials of all these backends, and the passphrase of what they store. */
export function stateSecrets(backends: readonly string[]): readonly string[] {
  const passphrase = backends.length === 0 ? [] : ["CHATFORM_STATE_PASSPHRASE"];
  return [...new Set(backends.flatMap((backend) => needs[backend]?.secrets ?? [])), ...passphrase];
}

/** Returns the variables that are no secrets. */
export function stateVars(backends: readonly string[]): readonly string[] {
  return [...new Set(backends.flatMap((backend) => needs[backend]?.vars ?? []))];
}
