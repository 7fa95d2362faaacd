import { isIPv6 } from "node:net";

/** Environment variables, or what stands in their place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable without white space around it; undefined where it is empty. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** A host and its port as a URL has them: an IPv6 address in brackets. @param protocol with or without what follows the name */
export function originText(protocol: string, host: string, port: string | undefined): string {
  const written = isIPv6(host) ? `[${host}]` : host;
  return `${protocol.replace(/:.*$/, "")}://${written}${port === undefined ? "" : `:${port}`}`;
}
