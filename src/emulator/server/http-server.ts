import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isAllowedHost } from "../../http/allowed-host.js";
import { bodyLimit } from "../input/check-request.js";
import type { EmulatorRequest } from "../service.js";

/** A response, or the failure that a client meets instead. */
export type ConnectionOutcome =
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly type: "drop" }
  | { readonly type: "hang" };

export type Respond = (request: EmulatorRequest) => ConnectionOutcome | Promise<ConnectionOutcome>;

export interface ListenOptions {
  /** The clock of the Date headers: milliseconds since 1970. */
  readonly now: () => number;
  readonly allowedHosts: readonly string[];
}

/** Listens on loopback for requests whose Host header names this machine or one of `allowedHosts`. */
export async function listen(
  port: number,
  respond: Respond,
  { now, allowedHosts }: ListenOptions,
): Promise<{ server: Server; port: number }> {
  const server = createServer((incoming, response) => {
    if (!isAllowedHost(incoming.headers.host, incoming.socket.localAddress, allowedHosts)) {
      incoming.resume();
      finish(response, unknownHost, now);
      return;
    }
    receive(incoming, (request) => {
      const outcome = respond(request);
      if (outcome instanceof Promise) {
        void outcome.then((later) => {
          finish(response, later, now);
        });
      } else finish(response, outcome, now);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

const unknownHost: ConnectionOutcome = {
  type: "response",
  status: 421,
  headers: { "content-type": "text/plain" },
  text: "Unknown host name. To allow it: chatform emulate --allow-host NAME\n",
};

/** Reads a whole request. Of a body that is too large, only the size is kept. */
function receive(incoming: IncomingMessage, done: (request: EmulatorRequest) => void): void {
  const { method = "GET", url = "/", headers } = incoming;
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) {
    done({ method, path, query, headers, body: "", bytes: 0 });
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyLimit) chunks.push(chunk);
  });
  incoming.on("end", () => {
    const body = bytes > bodyLimit ? "" : Buffer.concat(chunks).toString("utf8");
    done({ method, path, query, headers, body, bytes });
  });
}

function finish(response: ServerResponse, outcome: ConnectionOutcome, now: () => number): void {
  switch (outcome.type) {
    case "hang":
      return;
    case "drop":
      response.socket?.destroy();
      return;
    case "response":
      response.setHeader("date", new Date(now()).toUTCString());
      response.writeHead(outcome.status, outcome.headers);
      response.end(outcome.text);
  }
}
