import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";

/**
 * What goes wrong with the next request of this method, for a key with this end: an error instead; the connection ends before or
 * after it is done; it hangs, before or after it is done, or in the middle of the response; the response is cut there, or comes a
 * byte at a time; it has the status 200 and an error as its body; it is what the key had one write earlier.
 */
export interface Fault {
  readonly method: string;
  readonly key?: string;
  readonly with:
    | readonly [status: number, code: string]
    | "drop-before"
    | "drop-after"
    | "hang-before"
    | "hang-after"
    | "hang-body"
    | "cut"
    | "drip"
    | "error-body"
    | "stale";
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 1. */
  readonly times?: number;
  /** The number of such requests that go well before. */
  readonly after?: number;
}

interface StoredObject {
  readonly body: string;
  readonly etag: string;
  readonly written: number;
}

export interface S3ServerOptions {
  /** Shared with another server: then both are ways to the same bucket. */
  readonly objects?: Map<string, StoredObject>;
  /** The conditions that the server carries out writes without. */
  readonly ignores?: readonly ("if-none-match" | "if-match")[];
  /** Sends requests on to this server instead. */
  readonly upstream?: string;
}

interface SeenRequest {
  readonly method: string;
  /** Decoded, without the bucket. */
  readonly key: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface S3Server {
  /** Without a slash at the end. */
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  readonly requests: SeenRequest[];
  readonly faults: Fault[];
  /** The server's clock, ahead of this machine's. */
  aheadMs: number;
  /** Once set, the server ends every connection without a response. */
  isDead: boolean;
  close(): Promise<void>;
}

/** How far the clocks may be apart. Source: S3 API Reference, RequestTimeTooSkewed. */
const skewLimitMs = 15 * 60_000;

/** A server of the part of S3's protocol that a state needs, written from its documentation: one bucket, named `states`. */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const server = createServer((incoming, response) => void serve(incoming, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  /** What each key had before its last write. */
  const earlier = new Map<string, StoredObject>();
  const state: S3Server = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: options.objects ?? new Map<string, StoredObject>(),
    requests: [],
    faults: [],
    aheadMs: 0,
    isDead: false,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return state;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = incoming;
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(path)) ?? [];
    const seen = { method, key, path, headers, body: Buffer.concat(chunks).toString() };
    state.requests.push(seen);
    const fault = nextFault(seen);
    if (state.isDead || fault?.with === "drop-before") return void incoming.socket.destroy();
    if (fault?.with === "hang-before") return;
    const answer = await toAnswer(seen, bucket, fault);
    if (fault?.with === "drop-after") return void incoming.socket.destroy();
    if (fault?.with === "hang-after") return;
    const { status, headers: more, body } = answer;
    const isPartial = fault?.with === "hang-body" || fault?.with === "cut";
    const length = String(Math.max(Buffer.byteLength(body), isPartial ? 1 : 0));
    response.writeHead(status, { date: new Date(now()).toUTCString(), ...more, "content-length": length });
    if (fault?.with === "drip") {
      drip(response, body);
      return;
    }
    if (!isPartial) return void response.end(body);
    response.flushHeaders();
    response.write(body.slice(0, body.length / 2));
    if (fault.with === "cut") setTimeout(() => incoming.socket.destroy(), 20);
  }

  function nextFault({ method, key }: SeenRequest): Fault | undefined {
    const at = state.faults.findIndex((fault) => fault.method === method && key.endsWith(fault.key ?? ""));
    const fault = state.faults[at];
    if (fault === undefined) return undefined;
    const { times = 1, after = 0 } = fault;
    if (after === 0 && times <= 1) state.faults.splice(at, 1);
    else state.faults[at] = after > 0 ? { ...fault, after: after - 1 } : { ...fault, times: times - 1 };
    return after > 0 ? undefined : fault;
  }

  async function toAnswer(seen: SeenRequest, bucket: string, fault: Fault | undefined): Promise<Answer> {
    if (Array.isArray(fault?.with)) return failure(...(fault.with as [number, string]), fault.headers);
    if (fault?.with === "error-body") return { ...failure(500, "InternalError"), status: 200 };
    if (options.upstream !== undefined) return forward(seen, options.upstream);
    return respond(seen, bucket, fault?.with === "stale" ? earlier : state.objects);
  }

  function now(): number {
    return Date.now() + state.aheadMs;
  }

  /** @param shown by reads */
  function respond(
    { method, key, headers, body }: SeenRequest,
    bucket: string,
    shown: ReadonlyMap<string, StoredObject>,
  ): Answer {
    if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 ") !== true) return failure(403, "AccessDenied");
    if (headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex"))
      return failure(400, "XAmzContentSHA256Mismatch");
    const signed = String(headers["x-amz-date"]).replace(/(....)(..)(..T..)(..)/, "$1-$2-$3:$4:");
    if (Math.abs(Date.parse(signed) - now()) > skewLimitMs) return failure(403, "RequestTimeTooSkewed");
    if (bucket !== "states") return failure(404, "NoSuchBucket");
    if (method === "GET") {
      const seen = shown.get(key);
      if (seen === undefined) return failure(404, "NoSuchKey");
      const written = new Date(seen.written).toUTCString();
      return { status: 200, body: seen.body, headers: { etag: seen.etag, "last-modified": written } };
    }
    const found = state.objects.get(key);
    const refusal = checkConditions(found, headers);
    if (refusal !== undefined) return refusal;
    if (found === undefined) earlier.delete(key);
    else earlier.set(key, found);
    if (method === "DELETE") {
      state.objects.delete(key);
      return { status: 204, body: "", headers: {} };
    }
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    state.objects.set(key, { body, etag, written: now() });
    return { status: 200, body: "", headers: { etag } };
  }

  function checkConditions(
    found: StoredObject | undefined,
    headers: IncomingMessage["headers"],
  ): Answer | undefined {
    const given = (name: "if-none-match" | "if-match"): string | undefined =>
      options.ignores?.includes(name) === true ? undefined : headers[name];
    if (given("if-none-match") === "*" && found !== undefined) return failure(412, "PreconditionFailed");
    const expected = given("if-match");
    if (expected !== undefined && found === undefined) return failure(404, "NoSuchKey");
    return expected !== undefined && expected !== found?.etag
      ? failure(412, "PreconditionFailed")
      : undefined;
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function failure(status: number, code: string, headers = {}): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>words of the server</Message></Error>`;
  return { status, body, headers: { "content-type": "application/xml", ...headers } };
}

/** Sends a body one byte a second. */
function drip(response: ServerResponse, body: string): void {
  let at = 0;
  const timer = setInterval(() => response.write(body.charAt(at++)), 1_000);
  response.once("close", () => {
    clearInterval(timer);
  });
}

/** Sends a request on as it is: its signature covers the name of the host. */
async function forward({ method, path, headers, body }: SeenRequest, upstream: string): Promise<Answer> {
  const { "content-length": _length, connection: _connection, ...rest } = headers;
  const response = await request(`${upstream}${path}`, {
    ...{ method, headers: rest },
    ...(method === "PUT" ? { body } : {}),
  });
  return {
    status: response.statusCode,
    body: await response.body.text(),
    headers: response.headers as Record<string, string>,
  };
}
