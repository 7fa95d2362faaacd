import type { Diagnostic } from "../core/diagnostic.js";
import { basicAuthorization, decoded } from "./url-credentials.js";
import type { Environment } from "./environment.js";
import { isLoopback } from "./loopback.js";
import { originText, variable } from "./environment.js";
import type { Proxy } from "./transport.js";

/**
 * The proxy for a URL: GENESYSCLOUD_PROXY_* for all; else, as the vendor's SDKs do it, HTTPS_PROXY, unless NO_PROXY
 * names the host. What is on this machine needs none, unless the first ones say so.
 */
export function proxyFor(url: string, env: Environment, problems: Diagnostic[]): Proxy | undefined {
  const host = variable(env, "GENESYSCLOUD_PROXY_HOST");
  if (host !== undefined) {
    const port = variable(env, "GENESYSCLOUD_PROXY_PORT");
    const protocol = variable(env, "GENESYSCLOUD_PROXY_PROTOCOL") ?? "http";
    const user = variable(env, "GENESYSCLOUD_PROXY_AUTH_USERNAME");
    const password = variable(env, "GENESYSCLOUD_PROXY_AUTH_PASSWORD");
    const text = originText(protocol, host, port);
    return proxyOf(text, user, password, "GENESYSCLOUD_PROXY_HOST", problems);
  }
  const name = ["HTTPS_PROXY", "https_proxy"].find((one) => variable(env, one) !== undefined);
  const target = new URL(url);
  if (name === undefined || isLoopback(target) || isExempt(target, env)) return undefined;
  const written = variable(env, name) ?? "";
  return proxyOf(
    written.includes("://") ? written : `http://${written}`,
    undefined,
    undefined,
    name,
    problems,
  );
}

function proxyOf(
  text: string,
  user: string | undefined,
  password: string | undefined,
  name: string,
  problems: Diagnostic[],
): Proxy | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    if (!problems.some(({ detail }) => detail === badProxy(name).detail)) problems.push(badProxy(name));
    return undefined;
  }
  const username = user ?? decoded(url.username);
  if (username === "") return { url: url.origin };
  return { url: url.origin, authorization: basicAuthorization(username, password ?? decoded(url.password)) };
}

/** NO_PROXY: hosts, which stand for what is below them too, `.domains`, each with a port or without, or `*`. */
function isExempt({ hostname, port, protocol }: URL, env: Environment): boolean {
  const list = variable(env, "NO_PROXY") ?? variable(env, "no_proxy") ?? "";
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = "", entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (name === "" || (entryPort !== undefined && entryPort !== actualPort)) return false;
      if (name === "*") return true;
      const domain = name.replace(/^\*?\./, "");
      return hostname.endsWith(`.${domain}`) || (hostname === domain && !/^\*?\./.test(name));
    });
}

function badProxy(name: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-url",
    summary: "Not a URL",
    detail: `${name} does not make the URL of a proxy.`,
    help: "A proxy is like http://proxy.example.com:3128; http and https are possible.",
  };
}
