/** The length of the shortest secret that is masked: shorter ones are part of too many other texts. */
export const shortestSecret = 6;

/** Credentials that no config may read, by their owners. */
const credentials: readonly (readonly [owner: string, names: RegExp])[] = [
  [
    "chatform",
    // Also with the suffix of an environment: GENESYSCLOUD_OAUTHCLIENT_SECRET_EU_PROD.
    /^(?:GENESYSCLOUD_(?:ACCESS_TOKEN|(?:APPLY_)?OAUTHCLIENT_(?:ID|SECRET)|PROXY_AUTH_(?:USERNAME|PASSWORD))|CHATFORM_NOTIFY)(?:_\w+)?$/,
  ],
  ["the state's encryption", /^CHATFORM_STATE_PASSPHRASE(?:_\w+)?$/],
  [
    "the state's backend",
    /^(?:TF_HTTP_(?:USERNAME|PASSWORD|CLIENT_PRIVATE_KEY_PEM)|PGPASSWORD|PG_CONN_STR|DATABASE_URL)$/,
  ],
  ["GitHub", /^(?:GITHUB_TOKEN|GH_TOKEN|GH_ENTERPRISE_TOKEN|GITHUB_ENTERPRISE_TOKEN|ACTIONS_\w*TOKEN)$/],
  ["GitLab", /^(?:CI_JOB_JWT\w*|CI_REPOSITORY_URL|(?:CI|GITLAB)_\w*(?:PASSWORD|TOKEN)|GL_TOKEN)$/],
  [
    "a cloud provider",
    /^(?:AWS|AZURE|ARM|GCP|GOOGLE|GCLOUD|CLOUDSDK)_\w*(?:KEY|KEY_ID|SECRET|TOKEN|PASSWORD|CREDENTIALS|CONNECTION_STRING)$/,
  ],
];

/** Names of logins: a config can't read them either, but outputs may show them. The URLs in CHATFORM_NOTIFY are masked one by one. */
const logins = /(?:USERNAME|CLIENT_ID)$|^GENESYSCLOUD_\w+_(?:ID|USERNAME)_|^CHATFORM_NOTIFY/;

/** Returns the owner of a credential that no config may read; undefined for other variables. */
export function credentialOwner(name: string): string | undefined {
  const upper = name.toUpperCase();
  return credentials.find(([, names]) => names.test(upper))?.[0];
}

/** Returns true for a name like those of credentials. A config may declare that the variable is no credential. */
export function isNamedAsCredential(name: string): boolean {
  return /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS|KEY|_PASS|_PAT|WEBHOOK(?:_URL)?)$/i.test(
    name,
  );
}

/**
 * Returns the secrets in the environment: the values of credentials, and the passwords in URLs.
 *
 * @param released names that look like those of credentials, of variables that hold no secret
 */
export function environmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  released: ReadonlySet<string> = new Set(),
): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]): string[] => {
    const isSecret =
      credentialOwner(name) !== undefined || (isNamedAsCredential(name) && !released.has(name));
    return [...(isSecret && !logins.test(name.toUpperCase()) ? [value] : []), ...passwordsIn(value)];
  });
}

/** Returns the password of a URL, as it is written and decoded. */
export function passwordsIn(text: string): readonly string[] {
  if (!text.includes("@") || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
