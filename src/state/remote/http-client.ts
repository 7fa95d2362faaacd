import type { Clock } from "../../core/time/clock.js";
import type { HttpRequest, HttpResponse } from "../../http/message.js";
import { BodyTooLargeError, NetworkError } from "../../http/network-error.js";
import { md5 } from "../../http/receiver.js";
import { isTransient, sendRepeatable } from "../../http/repeat.js";
import { Transport } from "../../http/transport.js";
import { basicAuthorization } from "../../http/url-credentials.js";
import { StateError } from "../errors.js";
import { maxStateBytes, tooLargeError } from "../size-limit.js";
import type { HttpOptions } from "./http-options.js";
import { withoutSecrets } from "./http-options.js";
import type { ServerTimeOptions } from "./server-time.js";
import { NoResponseError, ServerTime } from "./server-time.js";

/** A response of the state server. */
export interface StateResponse {
  readonly status: number;
  readonly body: Buffer;
  /** True if an earlier attempt may have succeeded and its response was lost. */
  readonly isRetried: boolean;
}

/** Makes requests to a state server, with Terraform's retries: a few times after an error of the server or the connection. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #clock: Clock;
  readonly #time: ServerTime;
  /** By origin: the addresses of the state and of its lock may differ. */
  readonly #transports = new Map<string, Transport>();

  constructor(options: HttpOptions, clock: Clock, time: ServerTimeOptions) {
    this.#options = options;
    this.#clock = clock;
    this.#time = new ServerTime(time, clock);
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @throws StateError backend-failed when the server stays unreachable or failing; state-too-large
   * @throws the signal's reason
   */
  async send(method: string, address: URL, body?: string, signal?: AbortSignal): Promise<StateResponse> {
    const { max, minWaitMs, maxWaitMs } = this.#options.retries;
    const target = `${address.pathname}${address.search}`;
    const request = { method, target, headers: this.#headers(body), body };
    const { result, attempts } = await sendRepeatable(() => this.#attempt(address, request, signal), {
      maxAttempts: max + 1,
      backoff: { firstMs: minWaitMs, maxMs: maxWaitMs },
      clock: this.#clock,
      sleep: (ms) => this.#sleep(ms, signal),
      isStopping: () => this.#time.isStopping,
    });
    if (result instanceof BodyTooLargeError)
      throw tooLargeError(withoutSecrets(address), "The response of the state server");
    if (result instanceof NetworkError || isTransient(result.status)) throw failed(method, address, result);
    return { status: result.status, body: result.body, isRetried: attempts > 1 };
  }

  /** Sleeps until Ctrl-C at most: then one more attempt follows at once, as what was done has to be stored. */
  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { stopping } = this.#time;
    try {
      await this.#clock.sleep(ms, signal === undefined ? stopping : AbortSignal.any([stopping, signal]));
    } catch (error) {
      signal?.throwIfAborted();
      if (!stopping.aborted) throw error;
    }
  }

  async #attempt(address: URL, request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const { origin } = address;
    const transport = this.#transports.get(origin) ?? this.#connect(origin);
    try {
      return await this.#time.limit((end) => transport.send({ ...request, signal: end }), signal);
    } catch (error) {
      // A connection that is being made or waits would keep the process from ending.
      this.#transports.delete(origin);
      await transport.close();
      signal?.throwIfAborted();
      throw error;
    }
  }

  #connect(origin: string): Transport {
    const { tls, proxies } = this.#options;
    const { timeoutMs } = this.#time;
    const transport = new Transport(origin, {
      connections: 4,
      tls,
      proxy: proxies[origin],
      connectTimeoutMs: timeoutMs,
      responseTimeoutMs: timeoutMs,
      maxResponseBytes: maxStateBytes,
    });
    this.#transports.set(origin, transport);
    return transport;
  }

  #headers(body: string | undefined): Record<string, string> {
    const { credentials } = this.#options;
    return {
      ...(credentials === undefined ? {} : { authorization: basicAuthorization(credentials) }),
      ...(body === undefined ? {} : { "content-type": "application/json", "content-md5": md5(body) }),
    };
  }
}

function failed(method: string, address: URL, result: HttpResponse | NetworkError): StateError {
  const problem =
    result instanceof NoResponseError
      ? `gave ${result.message}`
      : result instanceof NetworkError
        ? `can't be reached (${result.message})`
        : `responded with ${result.status}`;
  return new StateError(
    {
      code: "backend-failed",
      location: withoutSecrets(address),
      detail: `${method} ${withoutSecrets(address)}: the state server ${problem}.`,
      help: "Check the address and the network, raise --timeout, or wait until the server works again.",
    },
    result instanceof NetworkError ? { cause: result } : {},
  );
}

/** Returns the error for a server that refused. The server's own words are left out: they may be a page, or repeat what was sent. */
export function refusedError(
  method: string,
  location: string,
  { status }: Pick<StateResponse, "status">,
): StateError {
  const help =
    status === 401 || status === 403
      ? "Check TF_HTTP_USERNAME and TF_HTTP_PASSWORD, and that this user may write the state."
      : status === 413
        ? "The state is too large for this server: raise its limit."
        : status >= 300 && status < 400
          ? "Set the address that the server redirects to."
          : "Check the addresses and methods of the state backend, and the server's log.";
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${method} ${location}: the state server responded with ${status}.`,
    help,
  });
}
