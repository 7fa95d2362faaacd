import type { Clock } from "../../core/time/clock.js";
import type { HttpRequest, HttpResponse } from "../../http/message.js";
import type { Proxy } from "../../http/proxy.js";
import type { Repeated } from "../../http/repeat.js";
import { sendRepeatable } from "../../http/repeat.js";
import type { TlsOptions } from "../../http/transport.js";
import { Transport } from "../../http/transport.js";
import { maxStateBytes } from "../size-limit.js";
import type { ServerTimeOptions } from "./server-time.js";
import { ServerTime } from "./server-time.js";

/** The retries after an error of the server or the connection. */
export interface Retries {
  readonly max: number;
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
}

/** The way of a client to servers. */
export interface ServerClientOptions {
  readonly retries: Retries;
  readonly tls: TlsOptions;
  /** Returns the proxy for an address. */
  readonly proxy: (address: URL) => Proxy | undefined;
  /** Returns whether a second attempt may succeed, by the response. Default: by its status. */
  readonly isTransient?: (response: HttpResponse) => boolean;
}

/** A request that is safe to repeat. */
export interface ServerRequest {
  readonly method: string;
  readonly address: URL;
  /** Returns the headers of an attempt: signatures have a time. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  readonly body?: string | undefined;
}

/** Sends requests to the servers of a state backend, a few times after an error of the server or the connection. */
export class ServerClient {
  readonly #options: ServerClientOptions;
  readonly #clock: Clock;
  readonly #time: ServerTime;
  /** By origin: the addresses of a state and of its lock may differ. */
  readonly #lines = new Map<string, Line>();

  constructor(options: ServerClientOptions, clock: Clock, time: ServerTimeOptions) {
    this.#options = options;
    this.#clock = clock;
    this.#time = new ServerTime(time, clock);
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @throws the signal's reason; what `headers` throws, except NetworkError
   */
  async send(request: ServerRequest, signal?: AbortSignal): Promise<Repeated> {
    const { retries, isTransient } = this.#options;
    return sendRepeatable(() => this.#attempt(request, signal), {
      maxAttempts: retries.max + 1,
      backoff: { firstMs: retries.minWaitMs, maxMs: retries.maxWaitMs },
      clock: this.#clock,
      sleep: (ms) => this.#sleep(ms, signal),
      isStopping: () => this.#time.isStopping,
      ...(isTransient === undefined ? {} : { isTransient }),
    });
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

  async #attempt(
    { method, address, headers, body }: ServerRequest,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    const { origin, pathname, search } = address;
    const line = this.#lines.get(origin) ?? this.#connect(address);
    line.requests += 1;
    try {
      return await this.#time.limit(async (end) => {
        const request: HttpRequest = {
          ...{ method, target: `${pathname}${search}`, body, signal: end },
          headers: (await headers?.()) ?? {},
        };
        return line.transport.send(request);
      }, signal);
    } catch (error) {
      // A connection that is being made or waits would keep the process from ending.
      if (this.#lines.get(origin) === line) this.#lines.delete(origin);
      signal?.throwIfAborted();
      throw error;
    } finally {
      line.requests -= 1;
      if (line.requests === 0 && this.#lines.get(origin) !== line) await line.transport.close();
    }
  }

  #connect(address: URL): Line {
    const { tls, proxy } = this.#options;
    const { timeoutMs } = this.#time;
    const transport = new Transport(address.origin, {
      connections: 4,
      tls,
      proxy: proxy(address),
      connectTimeoutMs: timeoutMs,
      responseTimeoutMs: timeoutMs,
      maxResponseBytes: maxStateBytes,
    });
    const line = { transport, requests: 0 };
    this.#lines.set(address.origin, line);
    return line;
  }
}

/** The connections to an origin. After an error, they take no further requests, and end with the last one. */
interface Line {
  readonly transport: Transport;
  /** Under way. */
  requests: number;
}
