/*
 * Credentials that a machine gives to what runs on it. Source: AWS SDKs and Tools Reference Guide, "Container credential
 * provider" and "IMDS credential provider".
 */
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import { bodyText, isSuccess } from "../../../http/message.js";
import { isLoopback, parseHttpUrl } from "../../../http/url.js";
import { StateError } from "../../errors.js";
import type { CredentialSource } from "./credentials.js";
import { parseCredentials } from "./credentials.js";
import { readToken } from "./identity-token.js";
import { s3ConfigError } from "./s3-errors.js";

/** Addresses within the machine: of ECS, and of EKS Pod Identity. */
const containerHosts: ReadonlySet<string> = new Set(["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]);

/** An instance's service responds at once; elsewhere, its address leads nowhere. In milliseconds. */
const instanceTimeoutMs = 1_000;

/** Returns the credentials of a container; undefined where the variables name none. */
export function containerCredentials(env: Environment): CredentialSource | undefined {
  const relative = variable(env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const full = variable(env, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const text = relative === undefined ? full : `http://169.254.170.2${relative}`;
  if (text === undefined) return undefined;
  const address = parseHttpUrl(text);
  if (address === undefined || !isSafe(address))
    throw s3ConfigError(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI is not an https URL, nor one of this machine.",
      "Use https; or unset the variable.",
    );
  return async (send, signal) => {
    const file = variable(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const token =
      file === undefined
        ? variable(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
        : await readToken(file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const headers = (): Promise<Record<string, string>> =>
      Promise.resolve(token === undefined ? {} : { authorization: token });
    const response = await send({ method: "GET", address, headers }, signal);
    const issuer = "The container's credential service";
    if (isSuccess(response)) return parseCredentials(bodyText(response), issuer);
    throw s3ConfigError(
      `${issuer} ${address.origin} responded with ${response.status}.`,
      "Check the role of the task or of the pod.",
    );
  };
}

/** Returns the credentials of an EC2 instance's role, the last source. */
export function instanceCredentials(env: Environment): CredentialSource {
  const base = variable(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254";
  const isDisabled = variable(env, "AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true";
  return async (send, signal) => {
    const late = AbortSignal.timeout(instanceTimeoutMs);
    const end = signal === undefined ? late : AbortSignal.any([signal, late]);
    const request = async (
      method: string,
      path: string,
      headers: Record<string, string>,
    ): Promise<string> => {
      const address = new URL(path, base);
      const response = await send({ method, address, headers: () => Promise.resolve(headers) }, end);
      if (!isSuccess(response)) throw noCredentialsError(env);
      return bodyText(response);
    };
    if (isDisabled) throw noCredentialsError(env);
    try {
      const ttl = { "x-aws-ec2-metadata-token-ttl-seconds": "300" };
      const session = { "x-aws-ec2-metadata-token": await request("PUT", "/latest/api/token", ttl) };
      const folder = "/latest/meta-data/iam/security-credentials/";
      const [role = ""] = (await request("GET", folder, session)).trim().split(/\s/);
      const path = `${folder}${encodeURIComponent(role)}`;
      return parseCredentials(await request("GET", path, session), "The instance's metadata service");
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StateError && error.code === "backend-config") throw error;
      throw noCredentialsError(env, error);
    }
  };
}

function isSafe(address: URL): boolean {
  return address.protocol === "https:" || isLoopback(address) || containerHosts.has(address.hostname);
}

function noCredentialsError(env: Environment, cause?: unknown): StateError {
  if (variable(env, "AWS_ROLE_ARN") !== undefined)
    return s3ConfigError(
      "There are no AWS credentials: AWS_ROLE_ARN is set, but there is no identity token.",
      "In a job of GitHub Actions, give it the permission: id-token: write. Elsewhere, set AWS_WEB_IDENTITY_TOKEN_FILE.",
      cause,
    );
  return s3ConfigError(
    "There are no AWS credentials.",
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or AWS_PROFILE; or, in a job of GitHub Actions with `id-token: write`, AWS_ROLE_ARN.",
    cause,
  );
}
