import { exec } from "node:child_process";
import { promisify } from "node:util";
import { isCi } from "../../../core/ci.js";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import type { AwsProfile, AwsProfiles } from "./aws-profiles.js";
import { chosenProfile } from "./aws-profiles.js";
import type { AwsCredentials, CredentialSource } from "./credentials.js";
import { parseCredentials } from "./credentials.js";
import { containerCredentials, instanceCredentials } from "./machine-credentials.js";
import { s3ConfigError } from "./s3-errors.js";
import { assumeRole, githubToken, tokenInFile, webIdentity } from "./sts.js";

/** The surroundings that credentials are chosen from. */
export interface CredentialContext {
  readonly env: Environment;
  readonly profiles: AwsProfiles;
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
  const source = profile && profileSource(name ?? "default", profile, context);
  if (source !== undefined) return source;
  if (name !== undefined)
    throw s3ConfigError(
      `The AWS profile ${name} ${profile === undefined ? "does not exist" : "has no credentials"}.`,
      `Run: aws configure --profile ${name}`,
    );
  return containerCredentials(env) ?? instanceCredentials(env);
}

function environmentSource({ env, region }: CredentialContext): CredentialSource | undefined {
  const keys = toKeys(
    variable(env, "AWS_ACCESS_KEY_ID"),
    variable(env, "AWS_SECRET_ACCESS_KEY"),
    variable(env, "AWS_SESSION_TOKEN"),
  );
  if (keys !== undefined) return () => Promise.resolve(keys);
  const role = variable(env, "AWS_ROLE_ARN");
  if (role === undefined) return undefined;
  const file = variable(env, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const token = file === undefined ? githubToken(env) : tokenInFile(file);
  return (
    token && webIdentity({ role, token, env, region, sessionName: variable(env, "AWS_ROLE_SESSION_NAME") })
  );
}

function profileSource(
  name: string,
  profile: AwsProfile,
  context: CredentialContext,
): CredentialSource | undefined {
  const { env, profiles, region } = context;
  const { role_arn: role, source_profile: base, web_identity_token_file: file } = profile;
  const sessionName = profile["role_session_name"];
  if (role !== undefined && file !== undefined)
    return webIdentity({ role, token: tokenInFile(file), env, region, sessionName });
  const keys = toKeys(
    profile["aws_access_key_id"],
    profile["aws_secret_access_key"],
    profile["aws_session_token"],
  );
  if (role !== undefined && base !== undefined) {
    const source =
      base === name ? keys && toSource(keys) : profileSource(base, profiles.get(base) ?? {}, context);
    if (source === undefined)
      throw s3ConfigError(
        `The AWS profile ${base} has no credentials.`,
        `Run: aws configure --profile ${base}`,
      );
    const options = { role, env, region, sessionName, externalId: profile["external_id"] };
    return assumeRole({ ...options, source });
  }
  if (keys !== undefined) return toSource(keys);
  const command = profile["credential_process"];
  if (command !== undefined) return processCredentials(command, env);
  if (!Object.keys(profile).some((setting) => /^(?:sso_|login_)/.test(setting))) return undefined;
  throw s3ConfigError(
    `The AWS profile ${name} signs in with a browser, which chatform does not do itself.`,
    `Sign in: aws sso login --profile ${name}, then: eval "$(aws configure export-credentials --profile ${name} --format env)"`,
  );
}

function toSource(keys: AwsCredentials): CredentialSource {
  return () => Promise.resolve(keys);
}

function toKeys(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
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
