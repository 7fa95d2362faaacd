import { BlockList, isIP, isIPv6 } from "node:net";
import type { Diagnostic } from "../core/diagnostic.js";
import type { Environment } from "./environment.js";
import { variable } from "./environment.js";
import { isLoopback, parseHttpUrl, toOrigin } from "./url.js";
import type { UrlCredentials } from "./url-credentials.js";
import { basicAuthorization, urlCredentials } from "./url-credentials.js";

/** An HTTP proxy. */
export interface Proxy {
  /** Without user and password. */
  readonly url: string;
  /** The value of Proxy-Authorization. */
  readonly authorization?: string;
}

/**
 * Returns the proxy for a URL of the vendor or of a webhook: GENESYSCLOUD_PROXY_*, whatever the host is; without them, as
 * `usualProxy`.
 *
 * @param problems gets a diagnostic where the variables do not make a URL
 */
export function proxyFor(url: URL, env: Environment, problems: Diagnostic[]): Proxy | undefined {
  const host = variable(env, "GENESYSCLOUD_PROXY_HOST");
  if (host === undefined) return usualProxy(url, env, problems);
  const protocol = variable(env, "GENESYSCLOUD_PROXY_PROTOCOL") ?? "http";
  const origin = toOrigin(protocol, host, variable(env, "GENESYSCLOUD_PROXY_PORT"));
  return parseProxy(origin, "GENESYSCLOUD_PROXY_HOST", problems, {
    username: variable(env, "GENESYSCLOUD_PROXY_AUTH_USERNAME"),
    password: variable(env, "GENESYSCLOUD_PROXY_AUTH_PASSWORD"),
  });
}

/**
 * Returns the proxy for a URL by the usual variables, in lower or upper case, lower case first: https_proxy for https, http_proxy
 * for http, unless no_proxy exempts the host. This machine needs no proxy. Source: the manuals of curl and of Go's net/http.
 *
 * @param problems gets a diagnostic where a variable is not a URL
 */
export function usualProxy(url: URL, env: Environment, problems: Diagnostic[]): Proxy | undefined {
  const lower = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const name = [lower, lower.toUpperCase()].find((one) => variable(env, one) !== undefined);
  if (name === undefined || isLoopback(url) || isExempt(url, env)) return undefined;
  const value = variable(env, name) ?? "";
  return parseProxy(value.includes("://") ? value : `http://${value}`, name, problems);
}

function parseProxy(
  text: string,
  name: string,
  problems: Diagnostic[],
  given: Partial<Record<keyof UrlCredentials, string | undefined>> = {},
): Proxy | undefined {
  const url = parseHttpUrl(text);
  if (url === undefined) {
    const problem = badProxy(name);
    if (!problems.some(({ detail }) => detail === problem.detail)) problems.push(problem);
    return undefined;
  }
  const inUrl = urlCredentials(url);
  const username = given.username ?? inUrl.username;
  if (username === "") return { url: url.origin };
  const authorization = basicAuthorization({ username, password: given.password ?? inUrl.password });
  return { url: url.origin, authorization };
}

/** Returns whether no_proxy exempts the host of a URL. Entries are separated by commas or blanks. */
function isExempt(url: URL, env: Environment): boolean {
  const entries = variable(env, "no_proxy") ?? variable(env, "NO_PROXY") ?? "";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return entries
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => isMatch(entry, host, port));
}

/** Matches `*`, a network (`10.0.0.0/8`), an address, a host with all hosts below it, or `.domain`; the last three with or without a port. */
function isMatch(entry: string, host: string, port: string): boolean {
  const [network = "", prefix] = entry.split("/");
  if (prefix !== undefined) return isInNetwork(host, network, Number(prefix || NaN));
  const [, name = "", entryPort] = isIPv6(entry)
    ? [entry, entry]
    : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? []);
  if (name === "" || (entryPort !== undefined && entryPort !== port)) return false;
  if (name === "*") return true;
  if (isIP(name) !== 0) return isInNetwork(host, name, isIPv6(name) ? 128 : 32);
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (host === domain && domain === name);
}

function isInNetwork(host: string, network: string, prefix: number): boolean {
  const longest = isIPv6(network) ? 128 : 32;
  if (isIP(host) === 0 || isIP(network) === 0 || !(prefix >= 0 && prefix <= longest)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, isIPv6(network) ? "ipv6" : "ipv4");
  return list.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

function badProxy(name: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-url",
    summary: "Invalid URL",
    detail: `${name} is not the URL of a proxy.`,
    help: "Write an http or https URL, for example: http://proxy.example.com:3128",
  };
}
