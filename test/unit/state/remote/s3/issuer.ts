import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request for credentials. */
export interface IssuerRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server of this machine in the place of one that issues credentials. */
export interface Issuer {
  readonly url: string;
  close(): void;
}

/**
 * Starts an issuer.
 *
 * @param respond returns the body of the response; undefined: a 403
 * @param now the issuer's clock
 */
export async function startIssuer(
  respond: (request: IssuerRequest) => string | undefined,
  now: () => number = Date.now,
): Promise<Issuer> {
  const server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { method = "", url = "", headers } = request;
      const text = respond({ method, url, headers, body });
      const date = new Date(now()).toUTCString();
      response.writeHead(text === undefined ? 403 : 200, { date }).end(text);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
