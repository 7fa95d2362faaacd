import type { Dispatcher } from "undici";
import { Pool, ProxyAgent } from "undici";
import { forget, whenAborted } from "./abort.js";
import { decoded } from "../core/content-encoding.js";
import { noAnswer, NoAnswer } from "./no-answer.js";

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

export interface HttpAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The token that it answers to: the service may repeat it, and nobody shall read it there. */
  readonly secret: string | undefined;
}

/** A header of an answer, by its name in lower case; the first of several. */
export function header({ headers }: HttpAnswer, name: string): string | undefined {
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
  readonly connectTimeoutMs?: number | undefined;
  /** For the answer to begin, and for all of its body. */
  readonly answerTimeoutMs?: number | undefined;
  /** Answers that are larger are not the service's. */
  readonly maxAnswerBytes?: number | undefined;
}

const defaults = { connectTimeoutMs: 10_000, answerTimeoutMs: 60_000, maxAnswerBytes: 64 * 1024 * 1024 };

/** Sends requests to one origin over kept-alive connections. It follows no redirect: a token goes nowhere else. */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #maxBytes: number;
  readonly #answerTimeoutMs: number;

  constructor(url: string, options: TransportOptions) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, "");
    this.#maxBytes = options.maxAnswerBytes ?? defaults.maxAnswerBytes;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? defaults.answerTimeoutMs;
    this.#dispatcher = dispatcherFor(origin, options);
  }

  /**
   * @throws NoAnswer when none came
   * @throws the signal's reason when it aborts
   */
  send(request: HttpRequest): Promise<HttpAnswer> {
    const { method, target, headers, body } = request;
    return new Promise((resolve, reject) => {
      const receiver = new Receiver(this.#maxBytes, this.#answerTimeoutMs, request, resolve, reject);
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

  /** Ends all requests and connections. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function dispatcherFor(origin: string, options: TransportOptions): Dispatcher {
  const timeout = options.connectTimeoutMs ?? defaults.connectTimeoutMs;
  const answerTimeoutMs = options.answerTimeoutMs ?? defaults.answerTimeoutMs;
  const shared = {
    connections: options.connections,
    pipelining: 1,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  };
  const { proxy } = options;
  if (proxy === undefined) return new Pool(origin, { ...shared, connect: { timeout } });
  const token = proxy.authorization === undefined ? {} : { token: proxy.authorization };
  const tls = { proxyTls: { timeout }, requestTls: { timeout } };
  return new ProxyAgent({ ...shared, ...token, ...tls, uri: proxy.url });
}

/** Gathers one answer as undici hands it over. Leaner than undici's `request`, whose body is a stream. */
class Receiver implements Dispatcher.DispatchHandler {
  readonly #maxBytes: number;
  /** From its beginning to its end; undici bounds the waits before and within. */
  readonly #answerTimeoutMs: number;
  #beganMs = 0;
  readonly #signal: AbortSignal | undefined;
  readonly #secret: string | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: HttpAnswer["headers"] = {};
  #controller: Dispatcher.DispatchController | undefined;
  settled = false;

  constructor(
    maxBytes: number,
    answerTimeoutMs: number,
    { signal, secret }: HttpRequest,
    resolve: (answer: HttpAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#maxBytes = maxBytes;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#signal = signal;
    this.#secret = secret;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal?.aborted === true) this.#onAbort();
    else if (signal !== undefined) whenAborted(signal, this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
    this.#controller?.abort(new Error("aborted"));
  };

  /** Undici calls this when it is about to write the request to a connection that stands: before it, nothing was sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.settled) controller.abort(new Error("aborted"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer["headers"],
  ): void {
    this.#beganMs = performance.now();
    this.#status = status;
    this.#headers = headers;
    this.#check(Number(headers["content-length"] ?? 0));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    this.#check(this.#size);
    if (this.settled || performance.now() - this.#beganMs <= this.#answerTimeoutMs) return;
    this.#fail(new NoAnswer("timeout", true, `the answer did not end within ${this.#answerTimeoutMs} ms`));
    this.#controller?.abort(new Error("too slow"));
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const whole = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#settle();
    try {
      const text = decoded(whole, this.#headers["content-encoding"], this.#maxBytes).toString("utf8");
      this.#resolve({ status: this.#status, headers: this.#headers, text, secret: this.#secret });
    } catch (error) {
      this.#reject(noAnswer(error, true));
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(noAnswer(error, this.#controller !== undefined));
  }

  #check(size: number): void {
    if (size <= this.#maxBytes || this.settled) return;
    this.#fail(new NoAnswer("answer.too.large", true, `the answer is larger than ${this.#maxBytes} bytes`));
    this.#controller?.abort(new Error("too large"));
  }

  #fail(reason: unknown): void {
    this.#settle();
    this.#reject(reason);
  }

  #settle(): void {
    this.settled = true;
    if (this.#signal !== undefined) forget(this.#signal, this.#onAbort);
  }
}
