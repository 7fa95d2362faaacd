import { VERSION } from "../core/version.js";
import type { Api, ApiResponse, ApiRequest, Endpoint, ServiceTime } from "./api.js";
import type { RequestBudget } from "../core/plan/request-budget.js";
import type { Spent } from "../core/plan/plan.js";
import type { Clock } from "../core/time/clock.js";
import { systemClock } from "../core/time/clock.js";
import { removeAbortListener, addAbortListener } from "../core/time/abort.js";
import type { Wait } from "../core/time/wait.js";
import { abortableClock } from "../core/time/abortable.js";
import type { Connection } from "./auth/connection.js";
import { CredentialsStatus } from "./auth/credentials-status.js";
import { toEndpoint } from "./auth/endpoint.js";
import type { Counters, Exchange, OnRetry, Send, Stats } from "./exchange.js";
import { Semaphore } from "./rate/semaphore.js";
import type { RequestEntry } from "./middleware.js";
import { withSemaphore, withLog, withTimes, withToken } from "./middleware.js";
import { operation, buildPath } from "./operations/operations.js";
import type { Login } from "./auth/oauth.js";
import type { RetryOptions } from "./rate/retry.js";
import { withRetries } from "./rate/retry.js";
import { ResponseTimes } from "./rate/response-times.js";
import { ServiceClock } from "./rate/service-clock.js";
import { TokenPool } from "./auth/token-pool.js";
import type { TokenSource } from "./auth/tokens.js";
import { ClientToken, fixedToken } from "./auth/tokens.js";
import { Transport } from "../http/transport.js";
import { defaultMaxWaitMs, WaitLimit } from "./rate/wait-limit.js";
import { Waits } from "./rate/waits.js";

export type { RetryEntry } from "./exchange.js";
export type { RequestEntry } from "./middleware.js";

export interface ApiOptions {
  readonly connection: Connection;
  /** The most requests in flight. */
  readonly parallelism: number;
  /** The requests of an earlier run, which the service may still count. */
  readonly before?: readonly Spent[] | undefined;
  readonly clock?: Clock;
  readonly connectTimeoutMs?: number;
  /** For the response's headers; then for the rest of the response. */
  readonly responseTimeoutMs?: number;
  /** Larger responses are given up; default 64 MB. */
  readonly maxResponseBytes?: number;
  /** The most waits of one call that the service asks for; default 10 minutes. A call that would wait longer fails at once. */
  readonly maxWaitMs?: number;
  /** The most attempts of a call, and of a login, whatever fails; default: what its operation allows. */
  readonly maxAttempts?: number;
  /** Called for every access token that the login gives. @param lifeSeconds undefined where the login does not tell it */
  readonly onToken?: (lifeSeconds: number | undefined) => void;
  /** Called after every request, for --debug. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Called before every retry, of requests for tokens too, for --debug. */
  readonly onRetry?: OnRetry;
}

/** The service, with counts for metrics and waits for progress. */
export interface ApiClient extends Api {
  stats(): Stats;
  /** Returns how long the service asks to wait before the next request, in milliseconds from now; 0 for no wait. */
  pausedMs(): number;
  /** Returns what the client waits for; undefined where it waits for nothing. */
  waiting(): Wait | undefined;
  /** Returns the number of calls that have not ended yet. */
  running(): number;
  /** Returns what a call that its signal aborted was waiting for; undefined where none was aborted. */
  interruptedWait(): Wait | undefined;
  /** Begins with the limit of all tokens together that an earlier run recorded, in requests a minute. */
  expectClientLimit(requests: number): void;
  /** Lets the next call use the credentials even if they had ended, for a new run. */
  tryCredentialsAgain(): void;
}

/**
 * Creates a client that makes the service's operations callable, with tokens, pacing, and the retries that are safe.
 *
 * A call passes through: retries, bound on requests in flight, token and pacing, log, service clock, connection.
 */
export function createApi(options: ApiOptions): ApiClient {
  return new Client(options);
}

class Client implements ApiClient {
  readonly endpoint: Endpoint;
  readonly #maxWaitMs: number;
  readonly #waits: Waits;
  readonly #credentials = new CredentialsStatus();
  readonly #retries: RetryOptions;
  readonly #serviceClock: ServiceClock;
  readonly #times = new ResponseTimes();
  readonly #parallelism: number;
  readonly #transport: Transport;
  readonly #loginTransport: Transport;
  readonly #pool: TokenPool;
  readonly #send: Send;
  readonly #counters: Counters = { requests: 0, throttled: 0, retries: 0, waitedMs: 0 };
  readonly #sharedWaits = new WeakMap<object, WaitLimit>();
  readonly #lifetime = new AbortController();
  #interrupted: Wait | undefined;
  #running = 0;

  constructor(options: ApiOptions) {
    const { connection, parallelism, maxAttempts, onToken, onRetry } = options;
    this.endpoint = toEndpoint(connection);
    const ends = (): readonly AbortSignal[] => [this.#lifetime.signal, this.#credentials.end];
    const clock = abortableClock(options.clock ?? systemClock, ends);
    const waits = new Waits(clock);
    this.#waits = waits;
    this.#maxWaitMs = options.maxWaitMs ?? defaultMaxWaitMs;
    this.#serviceClock = new ServiceClock(clock);
    const { connectTimeoutMs, responseTimeoutMs, maxResponseBytes } = options;
    const limits = { connectTimeoutMs, responseTimeoutMs, maxResponseBytes };
    const { apiUrl, loginUrl, apiProxy, loginProxy } = connection;
    this.#transport = new Transport(apiUrl, { ...limits, connections: parallelism, proxy: apiProxy });
    this.#loginTransport = new Transport(loginUrl, { ...limits, connections: 1, proxy: loginProxy });
    const login = {
      ...{ transport: this.#loginTransport, clock, waits, maxWaitMs: this.#maxWaitMs },
      ...{ maxAttempts, onToken, onRetry },
    };
    const makeToken = (): TokenSource => tokenSource(connection, login);
    this.#parallelism = parallelism;
    this.#pool = new TokenPool({
      ...{ make: makeToken, size: connection.tokenPoolSize },
      ...{ clock, waits, before: options.before },
    });
    this.#retries = { clock, counters: this.#counters, waits, maxAttempts, onRetry };
    const wait = `a response from ${this.#transport.name}`;
    const direct: Send = (exchange) => waits.forResponse(wait, () => this.#transport.send(exchange));
    const timed = withTimes(this.#serviceClock, this.#times, clock, direct);
    const { onRequest } = options;
    const logged = onRequest === undefined ? timed : withLog(clock, onRequest, timed);
    const tokens = { pool: this.#pool, credentials: this.#credentials, clock, counters: this.#counters };
    this.#send = withSemaphore(new Semaphore(parallelism), withToken({ ...tokens, onRetry }, logged));
  }

  async call(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse> {
    this.#lifetime.signal.throwIfAborted();
    const exchange = toExchange(request, signal, this.#getWaitLimit(request));
    // The abort ends the waits: what was waited for is noted before.
    const noteWait = (): void => {
      this.#interrupted ??= this.#waits.current();
    };
    if (signal !== undefined) addAbortListener(signal, noteWait);
    this.#running++;
    try {
      return await withRetries(exchange, this.#retries, this.#send);
    } catch (error) {
      // A wait ended because the credentials ended.
      if (error === this.#credentials.end.reason) this.#credentials.throwIfEnded(exchange);
      throw error;
    } finally {
      this.#running--;
      if (signal !== undefined) removeAbortListener(signal, noteWait);
    }
  }

  #getWaitLimit({ waitsWith }: ApiRequest): WaitLimit {
    if (waitsWith === undefined) return new WaitLimit(this.#maxWaitMs);
    const limit = this.#sharedWaits.get(waitsWith) ?? new WaitLimit(this.#maxWaitMs);
    this.#sharedWaits.set(waitsWith, limit);
    return limit;
  }

  budget(): RequestBudget | undefined {
    const budget = this.#pool.requestBudget();
    const perSecond = this.#times.perSecond(this.#parallelism);
    if (budget === undefined || perSecond === undefined) return budget;
    const needed = Math.ceil((this.#parallelism * budget.perMinute) / (perSecond * 60));
    const faster = budget.faster ?? (needed > this.#parallelism ? `--parallelism ${needed}` : undefined);
    return { ...budget, perSecond, ...(faster === undefined ? {} : { faster }) };
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

  waiting(): Wait | undefined {
    return this.#waits.current();
  }

  running(): number {
    return this.#running;
  }

  interruptedWait(): Wait | undefined {
    return this.#interrupted;
  }

  expectClientLimit(requests: number): void {
    this.#pool.expectClientLimit(requests);
  }

  tryCredentialsAgain(): void {
    this.#credentials.tryAgain();
  }

  async close(): Promise<void> {
    this.#lifetime.abort(new Error("The connection to the service is closed"));
    await Promise.all([this.#transport.close(), this.#loginTransport.close()]);
  }
}

function tokenSource({ credentials }: Connection, login: Login): TokenSource {
  return credentials.type === "token" ? fixedToken(credentials.token) : new ClientToken(login, credentials);
}

// `withToken` sets the authorization and the secret. They have a place from the start: a copy with another member takes 1 µs more.
const headers = { authorization: "", accept: "application/json", "user-agent": `chatform/${VERSION}` };
const headersWithBody = { ...headers, "content-type": "application/json" };

/** @throws RangeError for a path parameter that is not an id */
function toExchange(request: ApiRequest, signal: AbortSignal | undefined, limit: WaitLimit): Exchange {
  const path = buildPath(request.operation, request.params ?? {});
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  return {
    name: request.operation,
    method: operation(request.operation).method,
    path,
    target: path + toQuery(request.query),
    headers: body === undefined ? headers : headersWithBody,
    body,
    signal,
    attempt: 1,
    token: 0,
    secret: undefined,
    once: request.once ?? false,
    optional: request.optional ?? false,
    beforeSend: request.beforeSend,
    untilSent: request.untilSent ?? signal,
    limit,
  };
}

function toQuery(query: ApiRequest["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
    ),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
