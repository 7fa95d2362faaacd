import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { Proxy } from "./proxy.js";

/** The response of a proxy to CONNECT, or the reason why there is none. */
export type ProxyStatus = { readonly status: number } | { readonly reason: string };

/**
 * Asks a proxy for a connection to the host of a URL, and gives the connection up at once. For a diagnosis: undici tells the status
 * only in the text of its error.
 */
export function askProxy(
  { url, authorization }: Proxy,
  target: URL,
  timeoutMs: number,
): Promise<ProxyStatus> {
  const { hostname, port, protocol } = new URL(url);
  const authority = `${target.hostname}:${target.port || (target.protocol === "https:" ? "443" : "80")}`;
  const send = protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve) => {
    const request = send({
      ...{ method: "CONNECT", host: hostname.replace(/^\[|\]$/g, ""), port, path: authority, agent: false },
      headers: {
        host: authority,
        ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
      },
      timeout: timeoutMs,
    });
    const end = (status: ProxyStatus): void => {
      resolve(status);
      request.destroy();
    };
    // A refusal may come as a response to CONNECT or as a plain one, by the status.
    request.on("connect", ({ statusCode = 0 }) => {
      end({ status: statusCode });
    });
    request.on("response", ({ statusCode = 0 }) => {
      end({ status: statusCode });
    });
    request.on("timeout", () => {
      end({ reason: "no response in time" });
    });
    request.on("error", (error) => {
      end({ reason: error.message });
    });
    request.end();
  });
}
