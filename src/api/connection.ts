import type { Diagnostic } from "../core/diagnostic.js";
import { nearest } from "../core/nearest.js";
import { regionHost, regions } from "./regions.js";

/** Where the service is, and who we are to it. */
export interface Connection {
  /** Origin and, behind a gateway, a path: `https://api.mypurecloud.de`. Without a slash at the end. */
  readonly apiUrl: string;
  readonly loginUrl: string;
  readonly credentials: Credentials;
  /** How many tokens may share the work: each has a rate limit of its own. 1 to 50. */
  readonly tokenPoolSize: number;
  readonly proxyUrl?: string;
  /** For a gateway that asks for Basic authentication: the header's value. */
  readonly gatewayAuthorization?: string;
}

export type Credentials =
  | { readonly type: "client"; readonly id: string; readonly secret: string }
  | { readonly type: "token"; readonly token: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** What the vendor's tools read from the environment, as strings. A profile file gives the same names. */
export type ConnectionResult =
  { readonly connection: Connection } | { readonly problems: readonly Diagnostic[] };

const maxTokens = 50;

/**
 * Reads the connection from variables as the vendor's tools name them. All problems at once.
 * Source: the vendor's CLI and Terraform provider, their documentation of environment variables.
 */
export function connectionFrom(env: Environment): ConnectionResult {
  const problems: Diagnostic[] = [];
  const urls = urlsFrom(env, problems);
  const credentials = credentialsFrom(env, problems);
  const tokenPoolSize = poolSizeFrom(env, problems);
  const proxyUrl = hostUrl(env, "GENESYSCLOUD_PROXY", "http", problems);
  if (problems.length > 0 || urls === undefined || credentials === undefined) return { problems };
  const authorization = basicFrom(env, "GENESYSCLOUD_GATEWAY");
  return {
    connection: {
      ...urls,
      credentials,
      tokenPoolSize: credentials.type === "token" ? 1 : tokenPoolSize,
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      ...(authorization === undefined ? {} : { gatewayAuthorization: authorization }),
    },
  };
}

function urlsFrom(
  env: Environment,
  problems: Diagnostic[],
): Pick<Connection, "apiUrl" | "loginUrl"> | undefined {
  const before = problems.length;
  const api = checkedUrl(env, "CHATFORM_API_URL", problems);
  const login = checkedUrl(env, "CHATFORM_LOGIN_URL", problems);
  const gateway = hostUrl(env, "GENESYSCLOUD_GATEWAY", "https", problems);
  const region = set(env, "GENESYSCLOUD_REGION");
  const host = region === undefined ? undefined : regionHost(region);
  const needed = (api === undefined || (login === undefined && !hasToken(env))) && gateway === undefined;
  if (needed && region === undefined) problems.push(noRegion());
  else if (needed && host === undefined) problems.push(unknownRegion(region ?? ""));
  if (problems.length > before) return undefined;
  const path = (name: string): string => (set(env, name) ?? "").replace(/^\/?(?=.)/, "/").replace(/\/+$/, "");
  const apiPath = gateway === undefined ? undefined : gateway + gatewayPath(env, "api", path);
  const loginPath = gateway === undefined ? undefined : gateway + gatewayPath(env, "login", path);
  const apiUrl = api ?? apiPath ?? `https://api.${host ?? ""}`;
  return { apiUrl, loginUrl: login ?? loginPath ?? (host === undefined ? apiUrl : `https://login.${host}`) };
}

/** GENESYSCLOUD_GATEWAY_PATH_NAME says what PATH_VALUE is the path of: `api` or `login`. */
function gatewayPath(env: Environment, of: string, path: (name: string) => string): string {
  const name = set(env, "GENESYSCLOUD_GATEWAY_PATH_NAME");
  return name === undefined || name === of ? path("GENESYSCLOUD_GATEWAY_PATH_VALUE") : "";
}

function credentialsFrom(env: Environment, problems: Diagnostic[]): Credentials | undefined {
  const token = set(env, "GENESYSCLOUD_ACCESS_TOKEN");
  if (token !== undefined) return { type: "token", token };
  const id = set(env, "GENESYSCLOUD_OAUTHCLIENT_ID");
  const secret = set(env, "GENESYSCLOUD_OAUTHCLIENT_SECRET");
  if (id !== undefined && secret !== undefined) return { type: "client", id, secret };
  const missing = [
    ...(id === undefined ? ["GENESYSCLOUD_OAUTHCLIENT_ID"] : []),
    ...(secret === undefined ? ["GENESYSCLOUD_OAUTHCLIENT_SECRET"] : []),
  ];
  problems.push({
    severity: "error",
    code: "no-credentials",
    summary: "No credentials",
    detail: `chatform does not know who it is to Genesys Cloud: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: "Set them to the id and secret of an OAuth client, or GENESYSCLOUD_ACCESS_TOKEN to a token. To try chatform without an org: chatform emulate.",
  });
  return undefined;
}

function poolSizeFrom(env: Environment, problems: Diagnostic[]): number {
  const written = set(env, "GENESYSCLOUD_TOKEN_POOL_SIZE") ?? "1";
  const size = Number(written);
  if (Number.isInteger(size) && size >= 1 && size <= maxTokens) return size;
  problems.push({
    severity: "error",
    code: "bad-token-pool-size",
    summary: "Not a size of a token pool",
    detail: `GENESYSCLOUD_TOKEN_POOL_SIZE is "${written}".`,
    help: `Set it to a whole number from 1 to ${maxTokens}.`,
  });
  return 1;
}

/** The URL of a proxy or gateway, made of `_PROTOCOL`, `_HOST` and `_PORT` (and, for a proxy, who to be to it). */
function hostUrl(
  env: Environment,
  prefix: string,
  protocol: string,
  problems: Diagnostic[],
): string | undefined {
  const host = set(env, `${prefix}_HOST`);
  if (host === undefined) return undefined;
  const port = set(env, `${prefix}_PORT`);
  const text = `${set(env, `${prefix}_PROTOCOL`) ?? protocol}://${host}${port === undefined ? "" : `:${port}`}`;
  if (!URL.canParse(text)) {
    problems.push(badUrl(`${prefix}_HOST`, text));
    return undefined;
  }
  const url = new URL(text);
  if (prefix.endsWith("PROXY")) {
    url.username = encodeURIComponent(set(env, `${prefix}_AUTH_USERNAME`) ?? "");
    url.password = encodeURIComponent(set(env, `${prefix}_AUTH_PASSWORD`) ?? "");
  } else if (isUnsafe(url)) problems.push(plainHttp(`${prefix}_PROTOCOL`, url));
  return url.href.replace(/\/$/, "");
}

function basicFrom(env: Environment, prefix: string): string | undefined {
  const username = set(env, `${prefix}_AUTH_USERNAME`);
  if (username === undefined || set(env, `${prefix}_HOST`) === undefined) return undefined;
  const password = set(env, `${prefix}_AUTH_PASSWORD`) ?? "";
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function checkedUrl(env: Environment, name: string, problems: Diagnostic[]): string | undefined {
  const text = set(env, name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.username !== "") {
    problems.push(badUrl(name, text));
    return undefined;
  }
  if (isUnsafe(url)) problems.push(plainHttp(name, url));
  return url.href.replace(/\/+$/, "");
}

/** Tokens travel in the clear over plain http: only within this machine. */
function isUnsafe(url: URL): boolean {
  return url.protocol === "http:" && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

function set(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

function hasToken(env: Environment): boolean {
  return set(env, "GENESYSCLOUD_ACCESS_TOKEN") !== undefined;
}

function noRegion(): Diagnostic {
  return {
    severity: "error",
    code: "no-region",
    summary: "No region",
    detail: "chatform does not know where the org is: GENESYSCLOUD_REGION is not set.",
    help: "Set it to the org's region, such as eu-central-1, or its host, such as mypurecloud.de.",
  };
}

function unknownRegion(region: string): Diagnostic {
  const close = nearest(region, [...Object.keys(regions), ...Object.values(regions)]);
  return {
    severity: "error",
    code: "unknown-region",
    summary: "Unknown region",
    detail: `GENESYSCLOUD_REGION is "${region}".`,
    help: close === undefined ? `Regions: ${Object.keys(regions).join(", ")}.` : `Did you mean ${close}?`,
  };
}

function badUrl(name: string, text: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-url",
    summary: "Not a URL",
    // Somebody may have written a password into it.
    detail: `${name} is "${text.replace(/\/\/[^/@]*@/, "//…@")}".`,
    help: "It has to be like https://api.mypurecloud.de, without a user, a query or a fragment.",
  };
}

function plainHttp(name: string, url: URL): Diagnostic {
  return {
    severity: "error",
    code: "plain-http",
    summary: "Plain http",
    detail: `${name} is "${url.origin}": a token sent there could be read on its way.`,
    help: "Use https. Plain http is only for this machine: 127.0.0.1, [::1], localhost.",
  };
}
