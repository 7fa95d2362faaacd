import { isIPv6 } from "node:net";

/** Parses an http or https URL; undefined for any other text. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** Returns whether a hostname is this machine: `localhost`, 127.0.0.0/8, [::1]. */
export function isLoopback({ hostname }: Pick<URL, "hostname">): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Returns whether others on the network could read what is sent to a URL: plain http to another machine. */
export function isClearText(url: URL): boolean {
  return url.protocol === "http:" && !isLoopback(url);
}

/** Writes an origin. @param host an IPv6 address with or without brackets */
export function toOrigin(protocol: string, host: string, port: string | undefined): string {
  const written = isIPv6(host) ? `[${host}]` : host;
  return `${protocol.replace(/:.*$/, "")}://${written}${port === undefined ? "" : `:${port}`}`;
}
