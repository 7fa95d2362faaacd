/** The steps of a request between the retries and the connection, one small function each. */
import type { Clock } from "../core/time/clock.js";
import type { HttpResponse } from "../http/message.js";
import { bodyText, header, isSuccess } from "../http/message.js";
import { NetworkError } from "../http/network-error.js";
import type { CredentialsStatus } from "./auth/credentials-status.js";
import { isAboutToken } from "./auth/credentials-status.js";
import type { Lease, TokenPool } from "./auth/token-pool.js";
import { isObject } from "../core/json/json.js";
import { parseObject, readCorrelationId, toApiError } from "./error-body.js";
import type { ApiFailure } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Counters, Exchange, OnRetry, Send } from "./exchange.js";
import type { RateRefusal } from "./rate/pace.js";
import { minuteMs, throttledMs } from "./rate/pace.js";
import { nextAttempt } from "./rate/retry.js";
import type { Semaphore } from "./rate/semaphore.js";
import type { ResponseTimes } from "./rate/response-times.js";
import type { ServiceClock } from "./rate/service-clock.js";

/** Bounds the requests in flight. During `beforeSend`, none is: another may use the place. */
export function withSemaphore(semaphore: Semaphore, next: Send): Send {
  return async (exchange) => {
    const { beforeSend, untilSent } = exchange;
    const entering = semaphore.enter(untilSent);
    if (entering !== undefined) await entering;
    const place = { isTaken: true };
    try {
      if (beforeSend === undefined) return await next(exchange);
      const outside = async (): Promise<void> => {
        place.isTaken = false;
        await semaphore.outside(beforeSend);
        place.isTaken = true;
      };
      return await next({ ...exchange, beforeSend: outside });
    } finally {
      if (place.isTaken) semaphore.leave();
    }
  };
}

/** The parts that `withToken` needs. */
export interface TokenOptions {
  readonly pool: TokenPool;
  readonly credentials: CredentialsStatus;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly onRetry?: OnRetry | undefined;
}

/**
 * Waits for a token whose budget has room, sends with it, and learns from the response. After a 401 that may be about the token,
 * sends once more with another token: the service refused before it did anything. Once the credentials have ended, nothing is sent.
 */
export function withToken(options: TokenOptions, next: Send): Send {
  const { pool, credentials, clock, counters } = options;
  const attempt: Send = async (exchange) => {
    credentials.throwIfEnded(exchange);
    const began = clock.monotonic();
    const acquired = pool.acquire(exchange.limit, exchange.untilSent);
    const lease = acquired instanceof Promise ? await acquired : acquired;
    counters.waitedMs += clock.monotonic() - began;
    let hasResponse = false;
    try {
      const token = lease.slot.source.token(exchange.untilSent);
      const secret = typeof token === "string" ? token : await getToken(token, credentials);
      const headers = { ...exchange.headers, authorization: `Bearer ${secret}` };
      const sent = { ...exchange, token: lease.slot.number, headers, secret };
      if (exchange.beforeSend !== undefined) await exchange.beforeSend();
      credentials.throwIfEnded(exchange);
      counters.requests++;
      if (exchange.attempt > 1) counters.retries++;
      const response = await next(sent);
      hasResponse = true;
      if (response.status === 429) counters.throttled++;
      learn(pool, lease, response, clock);
      if (response.status === 401) handleUnauthorized(sent, response, lease, credentials);
      else credentials.accepted(lease.slot.number);
      return response;
    } finally {
      pool.release(lease, hasResponse);
    }
  };
  return async (exchange) => {
    const response = await attempt(exchange);
    if (response.status !== 401 || exchange.once) return response;
    const { code } = toApiError(exchange, response, "refused").failure;
    options.onRetry?.({ ...nextAttempt(exchange), waitMs: 0, reason: `401 ${code}, with a new token` });
    return attempt(exchange);
  };
}

/** @throws ApiError that ends the credentials, when the login refuses them */
async function getToken(token: Promise<string>, credentials: CredentialsStatus): Promise<string> {
  try {
    return await token;
  } catch (error) {
    if (!(error instanceof ApiError) || error.failure.credentialsEnded === undefined) throw error;
    throw credentials.ended(error.failure);
  }
}

/** Decides what a 401 means. @throws ApiError unless another token may be accepted */
function handleUnauthorized(
  sent: Exchange,
  response: HttpResponse,
  { slot }: Lease,
  credentials: CredentialsStatus,
): void {
  const error = toApiError(sent, response, "refused");
  const secret = sent.secret ?? "";
  if (!isAboutToken(error.failure, sent.optional)) throw error;
  const isLast = !slot.source.reject(secret);
  const failure = isLast ? withTokenAdvice(error.failure) : error.failure;
  const end = credentials.refused(slot.number, secret, failure, isLast);
  if (end !== undefined) throw end;
  if (isLast) throw new ApiError(failure);
}

function withTokenAdvice(failure: ApiFailure): ApiFailure {
  const advice = "GENESYSCLOUD_ACCESS_TOKEN has expired or is not a token of this region";
  return { ...failure, reason: `${failure.reason.replace(/\.$/, "")}: ${advice}` };
}

/** Updates the budgets from the headers of a response, and from a refusal for the rate. */
function learn(pool: TokenPool, lease: Lease, response: HttpResponse, clock: Clock): void {
  const count = numberIn(response, "inin-ratelimit-count");
  const allowed = numberIn(response, "inin-ratelimit-allowed");
  const resetSeconds = numberIn(response, "inin-ratelimit-reset");
  if (count !== undefined && allowed !== undefined && resetSeconds !== undefined && allowed >= 1) {
    const isAligned = endsWithMinute(response, resetSeconds);
    pool.heard(lease, { count, allowed, resetSeconds, isAligned }, response.status === 429);
  }
  if (response.status !== 429) return;
  const isTokenFree = count === undefined || allowed === undefined ? undefined : count < allowed;
  pool.refused(lease, {
    retryMs: throttledMs(response, clock),
    limit: getRefusedLimit(response, isTokenFree),
  });
}

/** The Date header and the seconds until a window ends are each rounded to whole seconds, up or down. */
const roundingMs = 2000;

/** Returns true if a window ends with a minute of the service's clock. */
function endsWithMinute(response: HttpResponse, resetSeconds: number): boolean {
  const endsAt = Date.parse(header(response, "date") ?? "") + resetSeconds * 1000;
  const past = endsAt % minuteMs;
  return Math.min(past, minuteMs - past) <= roundingMs;
}

/**
 * Returns the limit that a refusal is about; undefined where the response does not tell. Source: the vendor's OpenAPI description:
 * `limit` of an error body, and the key `org.app.user.rate.per.minute` of the published limits.
 *
 * @param isTokenFree whether the token itself has requests left; undefined where the headers do not tell
 */
function getRefusedLimit(response: HttpResponse, isTokenFree: boolean | undefined): RateRefusal["limit"] {
  const { limit } = parseObject(bodyText(response));
  const { key, value } = isObject(limit) ? limit : {};
  const told = Number(value);
  const allowed = Number.isInteger(told) && told >= 1 ? { allowed: told } : {};
  if (typeof key === "string" && key.startsWith("org.")) return { of: "client", ...allowed };
  if (typeof key === "string" && key.startsWith("token.")) return { of: "token", ...allowed };
  return isTokenFree === undefined ? undefined : { of: isTokenFree ? "client" : "token" };
}

function numberIn(response: HttpResponse, name: string): number | undefined {
  const text = header(response, name);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Learns the service's own time from its responses, and how long they take. */
export function withTimes(serviceClock: ServiceClock, times: ResponseTimes, clock: Clock, next: Send): Send {
  return async (exchange) => {
    const sentAt = clock.monotonic();
    const response = await next(exchange);
    serviceClock.heard(header(response, "date"), sentAt);
    if (isSuccess(response)) times.add(clock.monotonic() - sentAt);
    return response;
  };
}

/** A request that was made, for --debug. It holds no token, no secret and no body. */
export interface RequestEntry {
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  /** The number of the token in the pool, from 1. */
  readonly token: number;
  readonly milliseconds: number;
  /** The HTTP status, or the code of the reason why there is no response. */
  readonly result: number | string;
  readonly correlationId?: string;
}

/** Reports each request to `onRequest`. */
export function withLog(clock: Clock, onRequest: (entry: RequestEntry) => void, next: Send): Send {
  return async (exchange) => {
    const began = clock.monotonic();
    const report = (result: number | string, response?: HttpResponse): void => {
      const correlationId = response === undefined ? undefined : readCorrelationId(response);
      onRequest({
        operation: exchange.name,
        method: exchange.method,
        path: exchange.target,
        attempt: exchange.attempt,
        token: exchange.token,
        milliseconds: Math.round(clock.monotonic() - began),
        result,
        ...(correlationId === undefined ? {} : { correlationId }),
      });
    };
    try {
      const response = await next(exchange);
      report(response.status, response);
      return response;
    } catch (error) {
      report(error instanceof NetworkError ? error.code : "aborted");
      throw error;
    }
  };
}
