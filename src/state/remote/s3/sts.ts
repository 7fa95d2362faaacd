/*
 * Temporary credentials of AWS's Security Token Service. Source: AWS STS API Reference, AssumeRole and AssumeRoleWithWebIdentity;
 * GitHub's "OpenID Connect reference" for the job's token.
 */
import { readFile } from "node:fs/promises";
import { isObject } from "../../../core/json/json.js";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import type { HttpResponse } from "../../../http/message.js";
import { isSuccess } from "../../../http/message.js";
import { parseHttpUrl } from "../../../http/url.js";
import { awsDomain } from "./aws-domain.js";
import type { AwsCredentials, CredentialSource, SendToIssuer } from "./credentials.js";
import { parseCredentials } from "./credentials.js";
import { s3ConfigError, errorCode, refuseClearText } from "./s3-errors.js";
import { signedHeaders } from "./signature.js";

interface Role {
  readonly role: string;
  readonly env: Environment;
  readonly region: string;
  readonly sessionName: string | undefined;
}

/** Gets the token that proves the identity. @throws StateError */
export type TokenSource = (send: SendToIssuer, signal?: AbortSignal) => Promise<string>;

const form = { "content-type": "application/x-www-form-urlencoded" };

/** Returns credentials of a role that trusts the issuer of a token. */
export function webIdentity({ token, ...role }: Role & { readonly token: TokenSource }): CredentialSource {
  return async (send, signal) => {
    const body = stsBody("AssumeRoleWithWebIdentity", role, { WebIdentityToken: await token(send, signal) });
    const headers = (): Promise<typeof form> => Promise.resolve(form);
    const response = await send({ method: "POST", address: stsAddress(role), headers, body }, signal);
    return toCredentials(
      response,
      role,
      "Check the role's trust policy: its provider, its audience and its subject.",
    );
  };
}

/** Returns credentials of a role that trusts the owner of other credentials. */
export function assumeRole({
  source,
  externalId,
  ...role
}: Role & {
  readonly source: CredentialSource;
  readonly externalId: string | undefined;
}): CredentialSource {
  return async (send, signal) => {
    const credentials = await source(send, signal);
    const body = stsBody("AssumeRole", role, externalId === undefined ? {} : { ExternalId: externalId });
    const [method, address] = ["POST", stsAddress(role)] as const;
    const { region } = role;
    const headers = (): Promise<Record<string, string>> =>
      signedHeaders({
        method,
        address,
        headers: form,
        body,
        credentials,
        region,
        service: "sts",
        at: Date.now(),
      });
    const response = await send({ method, address, headers, body }, signal);
    return toCredentials(
      response,
      role,
      "Check the role's trust policy, and that you may call sts:AssumeRole.",
    );
  };
}

/** Reads the token from a file each time: whoever issues tokens replaces the file. */
export function tokenInFile(path: string): TokenSource {
  return async () => {
    try {
      return (await readFile(path, "utf8")).trim();
    } catch {
      throw s3ConfigError(
        `The web identity token ${path} can't be read.`,
        "Check AWS_WEB_IDENTITY_TOKEN_FILE.",
      );
    }
  };
}

/** Returns the tokens of a job of GitHub Actions; undefined elsewhere, and for a job without `id-token: write`. */
export function githubToken(env: Environment): TokenSource | undefined {
  const url = parseHttpUrl(variable(env, "ACTIONS_ID_TOKEN_REQUEST_URL") ?? "");
  const secret = variable(env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url === undefined || secret === undefined) return undefined;
  refuseClearText(url, "ACTIONS_ID_TOKEN_REQUEST_URL");
  url.searchParams.set("audience", "sts.amazonaws.com");
  return async (send, signal) => {
    const headers = (): Promise<Record<string, string>> =>
      Promise.resolve({ authorization: `Bearer ${secret}`, accept: "application/json" });
    const response = await send({ method: "GET", address: url, headers }, signal);
    const value = isSuccess(response) ? jsonMember(response.text, "value") : undefined;
    if (value !== undefined) return value;
    throw s3ConfigError(
      `GitHub gave no identity token (${response.status}).`,
      "Give the job the permission: id-token: write",
    );
  };
}

function stsAddress({ env, region }: Role): URL {
  const given = variable(env, "AWS_ENDPOINT_URL_STS") ?? variable(env, "AWS_ENDPOINT_URL");
  const url = parseHttpUrl(given ?? `https://sts.${region}.${awsDomain(region)}`);
  if (url === undefined)
    throw s3ConfigError("The endpoint of STS is not a URL.", "Check AWS_ENDPOINT_URL_STS.");
  refuseClearText(url, "the endpoint of STS");
  return url;
}

function stsBody(
  action: string,
  { role, sessionName = "chatform" }: Role,
  more: Record<string, string>,
): string {
  const members = {
    Action: action,
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: sessionName,
    ...more,
  };
  return new URLSearchParams(members).toString();
}

function toCredentials(response: HttpResponse, { role }: Role, help: string): AwsCredentials {
  if (!isSuccess(response)) {
    const code = errorCode(response.text);
    const problem = `AWS STS refused the role ${role} (${code ?? response.status}).`;
    throw s3ConfigError(problem, help);
  }
  const names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
  const members = names.map((name) => [name, new RegExp(`<${name}>([^<]+)<`).exec(response.text)?.[1]]);
  return parseCredentials(JSON.stringify(Object.fromEntries(members)), "AWS STS");
}

function jsonMember(text: string, name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const member = isObject(value) ? value[name] : undefined;
    return typeof member === "string" ? member : undefined;
  } catch {
    return undefined;
  }
}
