import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import { Pool, ProxyAgent } from "undici";
import { Receiver } from "./receiver.js";

/** One HTTP request to the service's origin. */
export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The token that it goes with. */
  readonly secret?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The token that it answers to: the service may repeat it, and nobody shall read it there. */
  readonly secret: string | undefined;
}

/** A header of an answer, by its name in lower case; the first of several. */
export function header({ headers }: HttpResponse, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export interface Proxy {
  /** Without user and password. */
  readonly url: string;
  /** The value of Proxy-Authorization. */
  readonly authorization?: string;
}

export interface TransportOptions {
  /** Connections, and so requests in flight, at most. */
  readonly connections: number;
  readonly proxy?: Proxy | undefined;
  /** For a TCP connection, and for TLS. Never longer than `responseTimeoutMs`. */
  readonly connectTimeoutMs?: number | undefined;
  /** For the response to begin, and for all of it, once the request is sent. */
  readonly responseTimeoutMs?: number | undefined;
  /** Answers that are larger are not the service's. */
  readonly maxResponseBytes?: number | undefined;
}

/** How long each part of a request may take, in milliseconds. */
export interface Timeouts {
  /** For one TCP connection, and for one TLS handshake. */
  readonly connectMs: number;
  /** Until the request can be sent: a proxy's own connection and its response to CONNECT too. */
  readonly readyMs: number;
  /** From the request to the response's headers; then for the rest of the response. */
  readonly responseMs: number;
}

const defaults = { connectTimeoutMs: 10_000, responseTimeoutMs: 60_000, maxResponseBytes: 64 * 1024 * 1024 };

/** Connection, TLS and the response of a proxy: each may take its time. */
const partsOfReady = 3;

/** Sends requests to one origin over kept-alive connections. It follows no redirect: a token goes nowhere else. */
export class Transport {
  /** The other side, for people: its origin, and the proxy on the way. */
  readonly name: string;
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #maxBytes: number;
  readonly #timeouts: Timeouts;
  readonly #lifetime = new AbortController();

  constructor(url: string, options: TransportOptions) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.name = options.proxy === undefined ? origin : `${origin} through the proxy ${options.proxy.url}`;
    this.#basePath = pathname.replace(/\/+$/, "");
    this.#maxBytes = options.maxResponseBytes ?? defaults.maxResponseBytes;
    this.#timeouts = timeoutsOf(options);
    // Each connection that is being made listens.
    setMaxListeners(0, this.#lifetime.signal);
    this.#dispatcher = dispatcherFor(origin, options, this.#timeouts, this.#lifetime.signal);
  }

  /**
   * @throws NoAnswer when none came
   * @throws the signal's reason when it aborts
   */
  send(request: HttpRequest): Promise<HttpResponse> {
    const { method, target, headers, body } = request;
    return new Promise((resolve, reject) => {
      const limits = { maxBytes: this.#maxBytes, timeouts: this.#timeouts, name: this.name };
      const receiver = new Receiver(limits, request, resolve, reject);
      if (receiver.settled) return;
      const options = {
        origin: this.#origin,
        path: this.#basePath + target,
        method: method,
        headers,
        body: body ?? null,
      };
      this.#dispatcher.dispatch(options, receiver);
    });
  }

  /** Ends all requests and connections, also those that are being made. */
  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The connection is closed"));
    await this.#dispatcher.destroy();
  }
}

function timeoutsOf({ connectTimeoutMs, responseTimeoutMs: responseTimeoutMs }: TransportOptions): Timeouts {
  const answerMs = responseTimeoutMs ?? defaults.responseTimeoutMs;
  const connectMs = Math.min(connectTimeoutMs ?? defaults.connectTimeoutMs, answerMs);
  return { responseMs: answerMs, connectMs, readyMs: Math.min(connectMs * partsOfReady, answerMs) };
}

function dispatcherFor(
  origin: string,
  { connections, proxy }: TransportOptions,
  { connectMs, readyMs }: Timeouts,
  lifetime: AbortSignal,
): Dispatcher {
  // The receiver times the response, as undici starts its timer anew with every byte.
  const shared = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 };
  const connect = { timeout: connectMs, signal: lifetime };
  if (proxy === undefined) return new Pool(origin, { ...shared, connect });
  const token = proxy.authorization === undefined ? {} : { token: proxy.authorization };
  return new ProxyAgent({
    ...shared,
    ...token,
    uri: proxy.url,
    proxyTls: connect,
    requestTls: connect,
    // A proxy that never responds to CONNECT must not keep the connection: nobody waits for it any more.
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: readyMs }),
  });
}
