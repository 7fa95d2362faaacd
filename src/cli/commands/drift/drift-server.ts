import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isAllowedHost } from "../../../http/allowed-host.js";
import { UsageError } from "../../parse/usage-error.js";

/** The pages of the server. */
export interface Pages {
  readonly metrics: () => string;
  readonly health: () => { readonly ok: boolean; readonly text: string };
}

/**
 * Serves /metrics and /healthz to requests that name this machine, `host` or one of `allowedHosts`.
 *
 * @throws UsageError if it can't listen there
 */
export async function serve(
  host: string,
  port: number,
  pages: Pages,
  allowedHosts: readonly string[] = [],
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const names = [host, ...allowedHosts];
    if (isAllowedHost(request.headers.host, request.socket.localAddress, names))
      respond(request, response, pages);
    else refuse(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new UsageError(`--listen ${host}:${port}: ${error.message}.`));
    });
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse): void {
  response.writeHead(421, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end("Unknown host name. To allow it: chatform drift --every DURATION --allow-host NAME\n");
}

function respond({ method = "", url = "" }: IncomingMessage, response: ServerResponse, pages: Pages): void {
  const send = (status: number, type: string, text: string): void => {
    response.writeHead(status, {
      "content-type": type,
      "cache-control": "no-store",
      "content-length": Buffer.byteLength(text),
    });
    response.end(method === "HEAD" ? undefined : text);
  };
  const plain = "text/plain; charset=utf-8";
  const path = url.replace(/\?.*$/s, "");
  if (method !== "GET" && method !== "HEAD") send(405, plain, "GET only\n");
  else if (path === "/metrics") send(200, "text/plain; version=0.0.4; charset=utf-8", pages.metrics());
  else if (path === "/healthz") {
    const { ok, text } = pages.health();
    send(ok ? 200 : 503, plain, `${ok ? "ok" : "failing"}: ${text}\n`);
  } else send(404, plain, "Not found. The paths are /metrics and /healthz.\n");
}
