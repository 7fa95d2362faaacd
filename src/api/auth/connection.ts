import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import {
  badAccessToken,
  badTokenPoolSize,
  badUrl,
  noCredentials,
  noRegion,
  plainHttp,
  unknownRegion,
} from "./connection-problems.js";
import type { Environment } from "../../http/environment.js";
import { isClearText, parseHttpUrl, toOrigin } from "../../http/url.js";
import { variable } from "../../http/environment.js";
import type { OAuthClient } from "./oauth.js";
import { basicPassword } from "../../http/url-credentials.js";
import { proxyFor } from "../../http/proxy.js";
import { regionHost } from "./regions.js";
import type { Proxy } from "../../http/proxy.js";

/** The addresses of the service, and the credentials for it. */
export interface Connection {
  /** An origin and, behind a gateway, a path: `https://api.mypurecloud.de`. Without a slash at the end. */
  readonly apiUrl: string;
  readonly loginUrl: string;
  readonly credentials: Credentials;
  /** The most tokens that may share the work, 1 to 50: each has a rate limit of its own. Missing: as many as help. */
  readonly tokenPoolSize?: number;
  readonly apiProxy?: Proxy;
  readonly loginProxy?: Proxy;
  /** The environment of the config that the connection is for. */
  readonly environment?: string;
}

type Credentials =
  ({ readonly type: "client" } & OAuthClient) | { readonly type: "token"; readonly token: string };

/** The most tokens of a pool. Source: the vendor's Terraform provider. */
export const maxTokens = 50;

/** The paths behind a gateway: `api` and `login`. */
export type GatewayPaths = Readonly<Record<string, string>>;

/**
 * Reads the connection from the variables of the vendor's tools.
 *
 * @param gatewayPaths replace the path in the variables, which can hold only one
 * @throws DiagnosticsError with all problems at once
 * Source: the vendor's CLI and Terraform provider, their documentation of environment variables.
 */
export function connectionFromEnv(env: Environment, gatewayPaths?: GatewayPaths): Connection {
  const problems: Diagnostic[] = [];
  const urls = urlsFrom(env, gatewayPaths ?? gatewayPathsFrom(env), problems);
  const credentials = credentialsFrom(env, problems);
  const size = poolSizeFrom(env, problems);
  if (urls === undefined || credentials === undefined) throw new DiagnosticsError(problems);
  const apiProxy = proxyFor(new URL(urls.apiUrl), env, problems);
  const loginProxy = proxyFor(new URL(urls.loginUrl), env, problems);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  const tokenPoolSize = credentials.type === "token" ? 1 : size;
  return {
    ...urls,
    credentials,
    ...(tokenPoolSize === undefined ? {} : { tokenPoolSize }),
    ...(apiProxy === undefined ? {} : { apiProxy }),
    ...(loginProxy === undefined ? {} : { loginProxy }),
  };
}

/** Returns the secrets of a connection, which no output may show: also those of a profile. */
export function connectionSecrets({ credentials, apiProxy, loginProxy }: Connection): readonly string[] {
  const own = credentials.type === "token" ? credentials.token : credentials.secret;
  const authorizations = [apiProxy, loginProxy].flatMap((proxy) => proxy?.authorization ?? []);
  return [own, ...authorizations.map(basicPassword)];
}

type Urls = Pick<Connection, "apiUrl" | "loginUrl">;

/** Reads the URLs: those of CHATFORM_*_URL first, then those behind a gateway, then those of the region. */
function urlsFrom(env: Environment, paths: GatewayPaths, problems: Diagnostic[]): Urls | undefined {
  const before = problems.length;
  const gateway = gatewayFrom(env, problems);
  const apiUrl = urlFrom(env, "CHATFORM_API_URL", problems) ?? joined(gateway, paths["api"]);
  const loginUrl = urlFrom(env, "CHATFORM_LOGIN_URL", problems) ?? joined(gateway, paths["login"]);
  if (problems.length > before) return undefined;
  const region = variable(env, "GENESYSCLOUD_REGION");
  // With an access token, no request goes to the login service.
  const needsLogin = variable(env, "GENESYSCLOUD_ACCESS_TOKEN") === undefined;
  if (apiUrl !== undefined && (loginUrl !== undefined || !needsLogin)) {
    return { apiUrl, loginUrl: loginUrl ?? apiUrl };
  }
  const host = region === undefined ? undefined : regionHost(region);
  if (host === undefined) {
    problems.push(region === undefined ? noRegion() : unknownRegion(region));
    return undefined;
  }
  return { apiUrl: apiUrl ?? `https://api.${host}`, loginUrl: loginUrl ?? `https://login.${host}` };
}

/** Source: the vendor's SDKs, which accept a user and password for the gateway too, but do not use them. */
function gatewayFrom(env: Environment, problems: Diagnostic[]): string | undefined {
  const host = variable(env, "GENESYSCLOUD_GATEWAY_HOST");
  if (host === undefined) return undefined;
  const port = variable(env, "GENESYSCLOUD_GATEWAY_PORT");
  const protocol = variable(env, "GENESYSCLOUD_GATEWAY_PROTOCOL") ?? "https";
  const text = toOrigin(protocol, host, port);
  return checkedUrl("GENESYSCLOUD_GATEWAY_HOST", text, problems);
}

function gatewayPathsFrom(env: Environment): GatewayPaths {
  const name = variable(env, "GENESYSCLOUD_GATEWAY_PATH_NAME");
  const value = variable(env, "GENESYSCLOUD_GATEWAY_PATH_VALUE");
  return name === undefined || value === undefined ? {} : { [name]: value };
}

function joined(gateway: string | undefined, path: string | undefined): string | undefined {
  const trimmed = (path ?? "").replace(/^\/+|\/+$/g, "");
  return gateway === undefined || trimmed === "" ? gateway : `${gateway}/${trimmed}`;
}

function urlFrom(env: Environment, name: string, problems: Diagnostic[]): string | undefined {
  const text = variable(env, name);
  return text === undefined ? undefined : checkedUrl(name, text, problems);
}

/** Checks a URL. Plain http is for this machine only, as anyone on the way could read the token. */
function checkedUrl(name: string, text: string, problems: Diagnostic[]): string | undefined {
  const url = parseHttpUrl(text);
  if (url === undefined || url.search + url.hash + url.username + url.password !== "") {
    problems.push(badUrl(name, text));
    return undefined;
  }
  if (isClearText(url)) problems.push(plainHttp(name, url.origin));
  return url.href.replace(/\/+$/, "");
}

/** Returns whether variables hold credentials, complete or not. */
export function hasCredentials(env: Environment): boolean {
  return ["GENESYSCLOUD_ACCESS_TOKEN", "GENESYSCLOUD_OAUTHCLIENT_ID"].some(
    (name) => variable(env, name) !== undefined,
  );
}

function credentialsFrom(env: Environment, problems: Diagnostic[]): Credentials | undefined {
  const token = variable(env, "GENESYSCLOUD_ACCESS_TOKEN");
  if (token !== undefined) {
    if (!/^[\x21-\x7e]+$/.test(token)) problems.push(badAccessToken());
    return { type: "token", token };
  }
  const id = variable(env, "GENESYSCLOUD_OAUTHCLIENT_ID");
  const secret = variable(env, "GENESYSCLOUD_OAUTHCLIENT_SECRET");
  if (id !== undefined && secret !== undefined) return { type: "client", id, secret };
  problems.push(
    noCredentials([
      ...(id === undefined ? ["GENESYSCLOUD_OAUTHCLIENT_ID"] : []),
      ...(secret === undefined ? ["GENESYSCLOUD_OAUTHCLIENT_SECRET"] : []),
    ]),
  );
  return undefined;
}

function poolSizeFrom(env: Environment, problems: Diagnostic[]): number | undefined {
  const written = variable(env, "GENESYSCLOUD_TOKEN_POOL_SIZE");
  if (written === undefined) return undefined;
  const size = Number(written);
  if (Number.isInteger(size) && size >= 1 && size <= maxTokens) return size;
  problems.push(badTokenPoolSize(written, maxTokens));
  return undefined;
}
