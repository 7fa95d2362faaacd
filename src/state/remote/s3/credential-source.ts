import { exec } from "node:child_process";
import { promisify } from "node:util";
import { isCi } from "../../../core/ci.js";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import type { AwsProfile, AwsProfiles } from "./aws-profiles.js";
import { chosenProfile } from "./aws-profiles.js";
import type { AwsCredentials, CredentialSource } from "./credentials.js";
import { parseCredentials } from "./credentials.js";
import { githubToken, readToken } from "./identity-token.js";
import { containerCredentials, instanceCredentials } from "./machine-credentials.js";
import type { StateError } from "../../errors.js";
import { s3ConfigError } from "./s3-errors.js";
import { assumeRole, webIdentity } from "./sts.js";

/** The surroundings that credentials are chosen from. */
export interface CredentialContext {
  readonly env: Environment;
  readonly profiles: AwsProfiles;
  /** Reads the profiles anew. */
  readonly readProfiles: () => Promise<AwsProfiles>;
  /** The profile that the config names. */
  readonly profile: string | undefined;
  /** For STS. */
  readonly region: string;
}

/**
 * Returns where the credentials come from, in the order of AWS's tools: variables, web identity, the profile, the container, the
 * instance. A profile of the config goes before the variables, except in CI, where the job's variables win.
 *
 * @throws StateError for a profile that does not exist, or that has no credentials that chatform can use
 */
export function chooseCredentials(context: CredentialContext): CredentialSource {
  const { env, profiles } = context;
  const own = environmentSource(context);
  const named = own !== undefined && isCi(env) ? undefined : context.profile;
  if (named === undefined && own !== undefined) return own;
  const name = named ?? chosenProfile(env);
  const profile = profiles.get(name ?? "default");
  const source = profile && profileSource(name ?? "default", profile, context, new Set());
  if (source !== undefined) return source;
  if (name !== undefined)
    throw s3ConfigError(
      `The AWS profile ${name} ${profile === undefined ? "does not exist" : "has no credentials"}.`,
      `Run: aws configure --profile ${name}`,
    );
  return containerCredentials(env) ?? instanceCredentials(env);
}

function environmentSource({ env, region }: CredentialContext): CredentialSource | undefined {
  const keys = environmentKeys(env);
  if (keys !== undefined) return toSource(keys);
  const role = variable(env, "AWS_ROLE_ARN");
  if (role === undefined) return undefined;
  const file = variable(env, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const token = file === undefined ? githubToken(env) : () => readToken(file, "AWS_WEB_IDENTITY_TOKEN_FILE");
  return (
    token && webIdentity({ role, token, env, region, sessionName: variable(env, "AWS_ROLE_SESSION_NAME") })
  );
}

/** @param seen the profiles that name this one as their source */
function profileSource(
  name: string,
  profile: AwsProfile,
  context: CredentialContext,
  seen: ReadonlySet<string>,
): CredentialSource | undefined {
  const { env, region } = context;
  const { role_arn: role, web_identity_token_file: file, credential_process: command } = profile;
  if (role !== undefined) {
    const options = { role, env, region, sessionName: profile["role_session_name"] };
    if (file !== undefined)
      return webIdentity({ ...options, token: () => readToken(file, "web_identity_token_file") });
    if (profile["mfa_serial"] !== undefined)
      throw personNeededError(name, "asks for a code of an MFA device");
    const source = roleSource(name, profile, context, seen);
    return assumeRole({ ...options, source, externalId: profile["external_id"] });
  }
  const keys = profileKeys(name, profile);
  if (keys !== undefined) return profileKeysSource(name, keys, context);
  if (command !== undefined) return processCredentials(command, env);
  if (!Object.keys(profile).some((setting) => /^(?:sso_|login_)/.test(setting))) return undefined;
  throw personNeededError(name, "signs in with a browser");
}

/** Returns the credentials that may assume the role of a profile. @throws StateError where the profile names none */
function roleSource(
  name: string,
  profile: AwsProfile,
  context: CredentialContext,
  seen: ReadonlySet<string>,
): CredentialSource {
  const { env, profiles } = context;
  const { source_profile: base, credential_source: kind } = profile;
  if (base === undefined) {
    const source = machineSource(kind, env);
    if (source !== undefined) return source;
    const problem =
      kind === undefined ? "no source_profile" : `no credentials for its credential_source ${kind}`;
    throw s3ConfigError(
      `The AWS profile ${name} has a role_arn, but ${problem}.`,
      "Name a profile with credentials as its source_profile.",
    );
  }
  const keys = base === name ? profileKeys(name, profile) : undefined;
  if (keys !== undefined) return profileKeysSource(name, keys, context);
  if (base === name || seen.has(base))
    throw s3ConfigError(`The AWS profile ${base} is its own source_profile.`, "Correct source_profile.");
  const source = profileSource(base, profiles.get(base) ?? {}, context, new Set([...seen, name]));
  if (source !== undefined) return source;
  throw s3ConfigError(`The AWS profile ${base} has no credentials.`, `Run: aws configure --profile ${base}`);
}

function machineSource(kind: string | undefined, env: Environment): CredentialSource | undefined {
  if (kind === "Ec2InstanceMetadata") return instanceCredentials(env);
  if (kind === "EcsContainer") return containerCredentials(env);
  const keys = kind === "Environment" ? environmentKeys(env) : undefined;
  return keys && toSource(keys);
}

function personNeededError(name: string, what: string): StateError {
  return s3ConfigError(
    `The AWS profile ${name} ${what}, which chatform does not do itself.`,
    `Let AWS's own tool do it: aws sso login --profile ${name} (for a browser), then: eval "$(aws configure export-credentials --profile ${name} --format env)"`,
  );
}

function toSource(keys: AwsCredentials): CredentialSource {
  return () => Promise.resolve(keys);
}

function environmentKeys(env: Environment): AwsCredentials | undefined {
  return toKeys((name) => variable(env, name.toUpperCase()), "The environment");
}

/** Returns the keys of a profile as they stand in the files by then: other tools renew temporary ones. */
function profileKeysSource(
  name: string,
  keys: AwsCredentials,
  { readProfiles }: CredentialContext,
): CredentialSource {
  return async () => profileKeys(name, (await readProfiles()).get(name) ?? {}) ?? keys;
}

function profileKeys(name: string, profile: AwsProfile): AwsCredentials | undefined {
  return toKeys((setting) => profile[setting], `The AWS profile ${name}`);
}

/** @throws StateError where one half is missing */
function toKeys(read: (name: string) => string | undefined, where: string): AwsCredentials | undefined {
  const [accessKeyId, secretAccessKey] = [read("aws_access_key_id"), read("aws_secret_access_key")];
  const sessionToken = read("aws_session_token");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw s3ConfigError(
      `${where} has only one of the access key's ID and secret.`,
      "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither.",
    );
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function processCredentials(command: string, env: Environment): CredentialSource {
  return async (_send, signal) => {
    try {
      const { stdout } = await promisify(exec)(command, { env, signal, timeout: 60_000 });
      return parseCredentials(stdout, "The command of credential_process");
    } catch (error) {
      signal?.throwIfAborted();
      // The error of exec holds the command and its output.
      if (!(error instanceof Error && "cmd" in error)) throw error;
      throw s3ConfigError("The command of credential_process failed.", "Run the command by hand.");
    }
  };
}
