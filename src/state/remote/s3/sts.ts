/*
 * Temporary credentials of AWS's Security Token Service. Source: AWS STS API Reference, AssumeRole and AssumeRoleWithWebIdentity;
 * GitHub's "OpenID Connect reference" for the job's token.
 */
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import type { HttpResponse } from "../../../http/message.js";
import { bodyText, header, isSuccess } from "../../../http/message.js";
import { parseHttpUrl } from "../../../http/url.js";
import { awsDomain } from "./aws-domain.js";
import type { AwsCredentials, CredentialSource } from "./credentials.js";
import { parseCredentials } from "./credentials.js";
import type { TokenSource } from "./identity-token.js";
import { s3ConfigError, errorCode, refuseClearText } from "./s3-errors.js";
import { signedHeaders } from "./signature.js";

interface Role {
  readonly role: string;
  readonly env: Environment;
  readonly region: string;
  readonly sessionName: string | undefined;
}

/** The difference of the clocks from which STS refuses signatures is larger. In milliseconds. */
const skewLimitMs = 4 * 60_000;

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
    const attempt = (at: number): Promise<HttpResponse> => {
      const request = {
        method,
        address,
        headers: form,
        body,
        credentials,
        region,
        service: "sts",
        at,
      } as const;
      return send({ method, address, headers: () => signedHeaders(request), body }, signal);
    };
    const first = await attempt(Date.now());
    // A signature of another time is refused, with a code that does not tell.
    const date = Date.parse(header(first, "date") ?? "");
    const isSkewed = !isSuccess(first) && Math.abs(date - Date.now()) > skewLimitMs;
    const response = isSkewed ? await attempt(date) : first;
    return toCredentials(
      response,
      role,
      "Check the role's trust policy, and that you may call sts:AssumeRole.",
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
    const code = errorCode(bodyText(response));
    const problem = `AWS STS refused the role ${role} (${code ?? response.status}).`;
    throw s3ConfigError(problem, help);
  }
  const names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
  const members = names.map((name) => [name, new RegExp(`<${name}>([^<]+)<`).exec(bodyText(response))?.[1]]);
  return parseCredentials(JSON.stringify(Object.fromEntries(members)), "AWS STS");
}
