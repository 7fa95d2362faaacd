import type { Endpoint } from "../api.js";
import type { Connection } from "./connection.js";
import { regions } from "./regions.js";

/** Returns host, region and OAuth client id of a connection. No secrets. */
export function toEndpoint({
  apiUrl,
  credentials,
  environment,
}: Pick<Connection, "apiUrl" | "credentials" | "environment">): Endpoint {
  const { host, pathname } = new URL(apiUrl);
  const region = Object.entries(regions).find(([, domain]) => host === `api.${domain}`)?.[0];
  return {
    host: host.toLowerCase() + pathname.replace(/\/+$/, ""),
    ...(region === undefined ? {} : { region }),
    ...(credentials.type === "client" ? { clientId: credentials.id } : {}),
    ...(environment === undefined ? {} : { environment }),
  };
}
