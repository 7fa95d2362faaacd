import { setMaxListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import type { Dispatcher } from "undici";
import type { HttpRequest, HttpResponse } from "./message.js";
import type { Proxy } from "./proxy.js";
import type { ReceiverLimits, Timeouts } from "./receiver.js";
import { Receiver } from "./receiver.js";
import { Pool, ProxyAgent } from "./undici.js";

/** The connection to a server, and the limits of its responses. */
export interface TransportOptions {
  /** Connections, and so requests in flight, at most. */
  readonly connections: number;
  readonly proxy?: Proxy | undefined;
  readonly tls?: TlsOptions | undefined;
  /** For a TCP connection, and for TLS. Never longer than `responseTimeoutMs`. */
  readonly connectTimeoutMs?: number | undefined;
  /** For the response to begin, and for all of it, once the request is sent. */
  readonly responseTimeoutMs?: number | undefined;
  /** Larger responses are given up. */
  readonly maxResponseBytes?: number | undefined;
}

/** Certificates in PEM. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const defaults = { connectTimeoutMs: 10_000, responseTimeoutMs: 60_000, maxResponseBytes: 64 * 1024 * 1024 };

/** A connection, TLS and the response of a proxy: each may take the time of a connection. */
const partsOfReady = 3;

/** Sends requests to one origin over kept-alive connections. Follows no redirect: a token goes nowhere else. */
export class Transport {
  /** The server's origin, and the proxy on the way, for people. */
  readonly name: string;
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #limits: ReceiverLimits;
  readonly #lifetime = new AbortController();

  constructor(url: string, options: TransportOptions) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.name = options.proxy === undefined ? origin : `${origin} through the proxy ${options.proxy.url}`;
    this.#basePath = pathname.replace(/\/+$/, "");
    const timeouts = toTimeouts(options);
    const maxBytes = options.maxResponseBytes ?? defaults.maxResponseBytes;
    this.#limits = { maxBytes, timeouts, name: this.name };
    // Each connection that is being made listens.
    setMaxListeners(0, this.#lifetime.signal);
    this.#dispatcher = createDispatcher(origin, options, timeouts, this.#lifetime.signal);
  }

  /**
   * Sends a request and waits for the whole response, whatever its status is.
   *
   * @throws NetworkError when none came
   * @throws the signal's reason when it aborts
   */
  send(request: HttpRequest): Promise<HttpResponse> {
    const { method, target, headers, body } = request;
    return new Promise((resolve, reject) => {
      const receiver = new Receiver(this.#limits, request, resolve, reject);
      if (receiver.isDone) return;
      const path = this.#basePath + target;
      this.#dispatcher.dispatch(
        { origin: this.#origin, path, method, headers, body: body ?? null },
        receiver,
      );
    });
  }

  /** Ends all requests and connections, also connections that are being made. */
  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The connection is closed"));
    await this.#dispatcher.destroy();
  }
}

function toTimeouts({ connectTimeoutMs, responseTimeoutMs }: TransportOptions): Timeouts {
  const responseMs = responseTimeoutMs ?? defaults.responseTimeoutMs;
  const connectMs = Math.min(connectTimeoutMs ?? defaults.connectTimeoutMs, responseMs);
  return { responseMs, connectMs, readyMs: Math.min(connectMs * partsOfReady, responseMs) };
}

function createDispatcher(
  origin: string,
  { connections, proxy, tls }: TransportOptions,
  { connectMs, readyMs }: Timeouts,
  lifetime: AbortSignal,
): Dispatcher {
  optimizeLess();
  // The receiver times the response: undici starts its timer anew with every byte.
  const shared = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 };
  const connect = { timeout: connectMs, signal: lifetime };
  if (proxy === undefined) return new Pool(origin, { ...shared, connect: { ...tls, ...connect } });
  const token = proxy.authorization === undefined ? {} : { token: proxy.authorization };
  return new ProxyAgent({
    ...shared,
    ...token,
    uri: proxy.url,
    proxyTls: connect,
    requestTls: { ...tls, ...connect },
    // A proxy that never responds to CONNECT must not keep the connection, which no request waits for any more.
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: readyMs }),
  });
}

/**
 * Has V8 of Node 20 optimize less, which takes a tenth off the CPU time of a plan that reads 10,000 users: undici's parser, which is
 * WebAssembly, stays as it was first compiled, and functions inline a third of what they would. Optimizing the parser takes 0.1 s and
 * 30 MB, more than a small plan, and the process does not end before. Later versions of Node would refuse the compiled code that they
 * keep if the flags of V8 changed.
 */
function optimizeLess(): void {
  if (Number.parseInt(process.versions.node) >= 22) return;
  for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=300");
}
