import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import { VERSION } from "../../core/version.js";
import type { Environment } from "../../http/environment.js";
import type { HttpResponse } from "../../http/message.js";
import { isSuccess } from "../../http/message.js";
import { NetworkError } from "../../http/network-error.js";
import type { Proxy } from "../../http/proxy.js";
import { proxyFor } from "../../http/proxy.js";
import { isTransient, sendRepeatable } from "../../http/repeat.js";
import { Transport } from "../../http/transport.js";
import { isClearText, parseHttpUrl } from "../../http/url.js";
import { UsageError } from "../parse/usage-error.js";
import { UndeliveredError } from "./notifier.js";

const maxAttempts = 3;
const responseTimeoutMs = 10_000;

/** A server that takes JSON: a webhook, or an API. */
export interface JsonServerOptions {
  readonly url: URL;
  readonly proxy: Proxy | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest wait before another attempt, in milliseconds. A server that asks for a longer one is not asked again. */
  readonly maxWaitMs: number;
  readonly clock?: Clock;
  /** Returns a response as it counts: a server may tell a limit of requests with another status than 429. */
  readonly interpret?: (response: HttpResponse) => HttpResponse;
  /** Returns why the server refused, for people. */
  readonly reason?: (response: HttpResponse) => string;
}

/** A request with a body of JSON. */
export interface JsonRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  /** Path and query, behind the path of the server's URL. */
  readonly target: string;
  readonly body?: string | undefined;
  /** False for a request that would have its effect twice. Default: true. */
  readonly isRepeatable?: boolean;
}

/** Sends JSON to a server, again where it is unreachable or busy. Redirects are not followed. */
export class JsonServer {
  readonly #options: JsonServerOptions;
  readonly #transport: Transport;
  readonly #signal: AbortSignal;

  constructor(options: JsonServerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#transport = new Transport(options.url.origin + options.url.pathname, {
      ...{ connections: 1, proxy: options.proxy, responseTimeoutMs },
    });
  }

  /** @throws UndeliveredError unless the server responds with a success; the signal's reason when it aborts */
  async send({ method, target, body, isRepeatable = true }: JsonRequest): Promise<HttpResponse> {
    const {
      interpret = (response: HttpResponse) => response,
      reason,
      clock = systemClock,
      maxWaitMs,
    } = this.#options;
    const signal = this.#signal;
    const headers = {
      "user-agent": `chatform/${VERSION}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...this.#options.headers,
    };
    const request = { method, target, headers, body, signal };
    const { result } = await sendRepeatable(async () => interpret(await this.#transport.send(request)), {
      ...{ maxAttempts: isRepeatable ? maxAttempts : 1, backoff: { firstMs: 1000, maxMs: maxWaitMs }, clock },
      sleep: (ms) => clock.sleep(ms, signal),
    });
    if (result instanceof NetworkError)
      throw new UndeliveredError(result.message, { isUncertain: !isRepeatable });
    if (isSuccess(result)) return result;
    const { status } = result;
    const isUncertain = !isRepeatable && isTransient(status);
    throw new UndeliveredError(reason?.(result) ?? statusReason(result), { status, isUncertain });
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}

/** Returns `the receiver responded with 302, a redirect, which is not followed`. */
export function statusReason({ status }: Pick<HttpResponse, "status">): string {
  const redirect = status >= 300 && status < 400 ? ", a redirect, which is not followed" : "";
  return `the receiver responded with ${String(status)}${redirect}`;
}

/** Returns the URL that an option or a variable names, which others on the network can't read. @throws UsageError without the value */
export function secureUrl(name: string, text: string): URL {
  const url = parseHttpUrl(text);
  if (url === undefined) throw new UsageError(`${name} takes an http or https URL.`);
  if (isClearText(url))
    throw new UsageError(`${name}: plain http to ${url.host} could be read on the way. Use https.`);
  return url;
}

/** Returns the proxy on the way to a URL. @throws DiagnosticsError for a proxy that is not a URL */
export function proxyTo(url: URL, env: Environment): Proxy | undefined {
  const problems: Diagnostic[] = [];
  const proxy = proxyFor(url, env, problems);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return proxy;
}
