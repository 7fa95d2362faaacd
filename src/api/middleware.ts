/** What a request goes through between the retries and the connection, one small function for each. */
import type { Clock } from "../core/time/clock.js";
import { readCorrelationId, toApiError } from "./error-body.js";
import type { CredentialsStatus } from "./auth/credentials-status.js";
import { isAboutToken } from "./auth/credentials-status.js";
import type { ApiFailure } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Counters, Exchange, OnRetry, Send } from "./exchange.js";
import type { Semaphore } from "./rate/semaphore.js";
import { NetworkError } from "../http/network-error.js";
import { nextAttempt } from "./rate/retry.js";
import { throttledMs } from "./rate/pace.js";
import type { ServiceClock } from "./rate/service-clock.js";
import type { Lease, TokenPool } from "./auth/token-pool.js";
import type { HttpResponse } from "../http/message.js";
import { header } from "../http/message.js";

/** Bounds the requests in flight. */
export function withSemaphore(gate: Semaphore, next: Send): Send {
  return async (exchange) => {
    await gate.enter(exchange.signal);
    try {
      return await next(exchange);
    } finally {
      gate.leave();
    }
  };
}

/** What the layer of tokens works with. */
export interface TokenOptions {
  readonly pool: TokenPool;
  readonly credentials: CredentialsStatus;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly onRetry?: OnRetry | undefined;
}

/**
 * Waits for a token whose budget has room, sends with it, and learns from the response. After a 401 that is about the token it
 * tries once more, with another token: the service refused before it did anything. Once the credentials have ended, nothing is sent.
 */
export function withToken(layer: TokenOptions, next: Send): Send {
  const { pool, credentials, clock, counters } = layer;
  const attempt: Send = async (exchange) => {
    credentials.throwIfEnded(exchange);
    const began = clock.monotonic();
    const lease = await pool.acquire(exchange.limit, exchange.signal);
    counters.waitedMs += clock.monotonic() - began;
    let answered = false;
    try {
      const secret = await tokenOf(lease, credentials, exchange);
      const headers = { authorization: `Bearer ${secret}`, ...exchange.headers };
      const sent = { ...exchange, token: lease.slot.number, headers, secret };
      await exchange.beforeSend?.();
      credentials.throwIfEnded(exchange);
      const answer = await next(sent);
      answered = true;
      learn(lease, answer, clock);
      if (answer.status === 401) refuse(sent, answer, lease, credentials);
      else credentials.accepted(lease.slot.number);
      return answer;
    } finally {
      pool.release(lease, answered);
    }
  };
  return async (exchange) => {
    const answer = await attempt(exchange);
    if (answer.status !== 401 || exchange.once) return answer;
    const { code } = toApiError(exchange, answer, "refused").failure;
    layer.onRetry?.({ ...nextAttempt(exchange), waitMs: 0, reason: `401 ${code}, with a new token` });
    return attempt(exchange);
  };
}

/** @throws ApiError that ends the credentials, when the login refuses them */
async function tokenOf(
  { slot }: Lease,
  credentials: CredentialsStatus,
  { signal }: Exchange,
): Promise<string> {
  try {
    return await slot.source.token(signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.failure.credentialsEnded === undefined) throw error;
    throw credentials.ended(error.failure);
  }
}

/** Decides what a 401 means. @throws ApiError unless another token may be accepted */
function refuse(sent: Exchange, answer: HttpResponse, { slot }: Lease, credentials: CredentialsStatus): void {
  const error = toApiError(sent, answer, "refused");
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

/** Reads what the service says of the token's budget. */
function learn({ slot: { budget }, at }: Lease, answer: HttpResponse, clock: Clock): void {
  const count = numberIn(answer, "inin-ratelimit-count");
  const allowed = numberIn(answer, "inin-ratelimit-allowed");
  const resetSeconds = numberIn(answer, "inin-ratelimit-reset");
  if (count !== undefined && allowed !== undefined && resetSeconds !== undefined && allowed >= 1) {
    budget.heard({ count, allowed, resetSeconds }, at);
  }
  if (answer.status === 429) budget.refused(throttledMs(answer, clock));
}

function numberIn(answer: HttpResponse, name: string): number | undefined {
  const text = header(answer, name);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Learns the service's own time from its responses. */
export function withServiceClock(serviceClock: ServiceClock, clock: Clock, next: Send): Send {
  return async (exchange) => {
    const sentAt = clock.monotonic();
    const answer = await next(exchange);
    serviceClock.heard(header(answer, "date"), sentAt);
    return answer;
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
  /** The HTTP status, or why there was no answer. */
  readonly result: number | string;
  readonly correlationId?: string;
}

/** Counts each request, and tells of it. */
export function withLog(
  clock: Clock,
  counters: Counters,
  onRequest: ((entry: RequestEntry) => void) | undefined,
  next: Send,
): Send {
  return async (exchange) => {
    const began = clock.monotonic();
    counters.requests++;
    if (exchange.attempt > 1) counters.retries++;
    const tell = (result: number | string, answer?: HttpResponse): void => {
      const correlationId = answer === undefined ? undefined : readCorrelationId(answer);
      onRequest?.({
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
      const answer = await next(exchange);
      if (answer.status === 429) counters.throttled++;
      tell(answer.status, answer);
      return answer;
    } catch (error) {
      tell(error instanceof NetworkError ? error.code : "aborted");
      throw error;
    }
  };
}
