import { isIP } from "node:net";
import { isLoopback } from "./url.js";

/**
 * Checks the Host header of a request to a local server. A page in a browser can have its own name resolve to this machine (DNS
 * rebinding); then the header has that name. Accepted are loopback, the address that the connection arrived at, and configured
 * names; any port.
 *
 * @param host the header
 * @param localAddress of the connection
 * @param names configured, without a port
 */
export function isAllowedHost(
  host: string | undefined,
  localAddress: string | undefined,
  names: readonly string[],
): boolean {
  const name = parseHostname(host ?? "");
  if (name === undefined) return false;
  if (isLoopback({ hostname: name })) return true;
  const address = name.replace(/^\[|\]$/g, "");
  const own = localAddress?.replace(/^::ffff:/i, "").toLowerCase();
  return (isIP(address) !== 0 && address === own) || names.some((one) => parseHostname(one) === name);
}

/** Returns the name of `NAME:PORT` in lower case; undefined for any other text. */
function parseHostname(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d+)?$/.exec(host.toLowerCase())?.[1];
}
