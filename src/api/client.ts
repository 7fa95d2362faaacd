import { VERSION } from "../core/version.js";
import type { Api, ApiAnswer, ApiRequest, Endpoint, ServiceTime } from "./api.js";
import type { Clock } from "../core/clock.js";
import { systemClock } from "../core/clock.js";
import { clockWithin } from "./clock.js";
import type { Connection } from "./connection.js";
import { endpointOf } from "./endpoint.js";
import type { Counters, Exchange, Send, Stats } from "./exchange.js";
import { Gate } from "./gate.js";
import type { RequestEntry } from "./layers.js";
import { bounded, observed, timed, withToken } from "./layers.js";
import { operation, pathOf } from "./operations.js";
import { withRetries } from "./retry.js";
import { ServiceClock } from "./service-clock.js";
import { TokenPool } from "./token-pool.js";
import type { TokenSource } from "./tokens.js";
import { ClientToken, fixedToken } from "./tokens.js";
import { Transport } from "./transport.js";

export type { RequestEntry } from "./layers.js";

export interface ApiOptions {
  readonly connection: Connection;
  /** Requests in flight at most. */
  readonly parallelism: number;
  readonly clock?: Clock;
  readonly connectTimeoutMs?: number;
  /** For an answer's headers, and between parts of its body. */
  readonly answerTimeoutMs?: number;
  /** Larger answers are refused; default 64 MB. */
  readonly maxAnswerBytes?: number;
  /** Told of every request, for --debug. It is given no token, no secret and no body. */
  readonly onRequest?: (entry: RequestEntry) => void;
}

/** The service, with what metrics want to know of it. */
export interface ApiClient extends Api {
  stats(): Stats;
  /** How long the service asked to wait before the next request, in milliseconds from now; 0: it did not. */
  pausedMs(): number;
}

/**
 * Makes the service's operations callable: with tokens, pacing, and the retries that are safe.
 *
 * A call passes through: retries, bound on requests in flight, token and pacing, log, connection.
 */
export function createApi(options: ApiOptions): ApiClient {
  return new Client(options);
}

class Client implements ApiClient {
  readonly endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;
  readonly #transport: Transport;
  readonly #login: Transport;
  readonly #pool: TokenPool;
  readonly #send: Send;
  readonly #counters: Counters = { requests: 0, throttled: 0, retries: 0, waitedMs: 0 };
  readonly #lifetime = new AbortController();

  constructor(options: ApiOptions) {
    const { connection, parallelism } = options;
    this.endpoint = endpointOf(connection);
    const clock = clockWithin(options.clock ?? systemClock, this.#lifetime.signal);
    this.#clock = clock;
    this.#serviceClock = new ServiceClock(clock);
    const { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes } = options;
    const limits = { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes };
    const { apiUrl, loginUrl, apiProxy, loginProxy } = connection;
    this.#transport = new Transport(apiUrl, { ...limits, connections: parallelism, proxy: apiProxy });
    this.#login = new Transport(loginUrl, { ...limits, connections: 1, proxy: loginProxy });
    this.#pool = new TokenPool(() => this.#source(connection), connection.tokenPoolSize, clock);
    const direct: Send = (exchange) => this.#transport.send(exchange);
    const logged = observed(
      clock,
      this.#counters,
      options.onRequest,
      timed(this.#serviceClock, clock, direct),
    );
    const paced = withToken(this.#pool, clock, this.#counters, logged);
    this.#send = bounded(new Gate(parallelism), paced);
  }

  async call(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    this.#lifetime.signal.throwIfAborted();
    return withRetries(exchangeOf(request, signal), this.#clock, this.#counters, this.#send);
  }

  budget(): { readonly callsPerMinute: number } | undefined {
    const callsPerMinute = this.#pool.callsPerMinute();
    return callsPerMinute === undefined ? undefined : { callsPerMinute };
  }

  serviceTime(): ServiceTime | undefined {
    return this.#serviceClock.now();
  }

  stats(): Stats {
    return { ...this.#counters };
  }

  pausedMs(): number {
    return this.#pool.pausedMs();
  }

  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The connection to the service is closed"));
    await Promise.all([this.#transport.close(), this.#login.close()]);
  }

  #source({ credentials }: Connection): TokenSource {
    return credentials.type === "token"
      ? fixedToken(credentials.token)
      : new ClientToken(this.#login, credentials, this.#clock);
  }
}

/** @throws RangeError for a path parameter that is none */
function exchangeOf(request: ApiRequest, signal: AbortSignal | undefined): Exchange {
  const path = pathOf(request.operation, request.params ?? {});
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  return {
    name: request.operation,
    method: operation(request.operation).method,
    path,
    target: path + queryOf(request.query),
    headers: {
      accept: "application/json",
      "user-agent": `chatform/${VERSION}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body,
    signal,
    attempt: 1,
    token: 0,
    once: request.once ?? false,
    beforeSend: request.beforeSend,
  };
}

function queryOf(query: ApiRequest["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
    ),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
