/** What a request goes through between the retries and the connection, one small function for each. */
import type { Clock } from "../core/clock.js";
import { correlationIdOf, errorOf } from "./error-body.js";
import { ApiError } from "./errors.js";
import type { Counters, Send } from "./exchange.js";
import type { Gate } from "./gate.js";
import { NoAnswer } from "./no-answer.js";
import { retryAfterMs } from "./retry-after.js";
import type { ServiceClock } from "./service-clock.js";
import type { Lease, TokenPool } from "./token-pool.js";
import type { HttpAnswer } from "./transport.js";
import { header } from "./transport.js";

/** Bounds the requests in flight. */
export function bounded(gate: Gate, next: Send): Send {
  return async (exchange) => {
    await gate.enter(exchange.signal);
    try {
      return await next(exchange);
    } finally {
      gate.leave();
    }
  };
}

/**
 * Waits for a token whose budget has room, sends with it, and learns from the answer. After a 401 it tries once more,
 * with another token: the service refused before it did anything.
 */
export function withToken(pool: TokenPool, clock: Clock, counters: Counters, next: Send): Send {
  const attempt: Send = async (exchange) => {
    const began = clock.now();
    const lease = await pool.acquire(exchange.signal);
    counters.waitedMs += clock.now() - began;
    let answered = false;
    try {
      const secret = await lease.slot.source.token(exchange.signal);
      const headers = { authorization: `Bearer ${secret}`, ...exchange.headers };
      const sent = { ...exchange, token: lease.slot.number, headers, secret };
      await exchange.beforeSend?.();
      const answer = await next(sent);
      answered = true;
      learn(lease, answer, clock);
      if (answer.status !== 401) return answer;
      if (!lease.slot.source.reject(secret)) throw unaccepted(errorOf(sent, answer, "refused"));
      return answer;
    } finally {
      pool.release(lease, answered);
    }
  };
  return async (exchange) => {
    const answer = await attempt(exchange);
    return answer.status === 401 && !exchange.once ? attempt(exchange) : answer;
  };
}

function unaccepted({ failure }: ApiError): ApiError {
  const help = "GENESYSCLOUD_ACCESS_TOKEN has expired or is not a token of this region";
  return new ApiError({ ...failure, reason: `${failure.reason.replace(/\.$/, "")}: ${help}` });
}

/** Reads what the service says of the token's budget. */
function learn({ slot: { budget }, at }: Lease, answer: HttpAnswer, clock: Clock): void {
  const count = numberIn(answer, "inin-ratelimit-count");
  const allowed = numberIn(answer, "inin-ratelimit-allowed");
  const resetSeconds = numberIn(answer, "inin-ratelimit-reset");
  if (count !== undefined && allowed !== undefined && resetSeconds !== undefined && allowed >= 1) {
    budget.heard({ count, allowed, resetSeconds }, at);
  }
  if (answer.status === 429) budget.refused(retryAfterMs(answer, clock) ?? defaultRetryAfterMs);
}

/** Where a 429 does not say how long to wait. */
const defaultRetryAfterMs = 3000;

function numberIn(answer: HttpAnswer, name: string): number | undefined {
  const text = header(answer, name);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Learns the service's own time from its responses. */
export function timed(serviceClock: ServiceClock, clock: Clock, next: Send): Send {
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
export function observed(
  clock: Clock,
  counters: Counters,
  onRequest: ((entry: RequestEntry) => void) | undefined,
  next: Send,
): Send {
  return async (exchange) => {
    const began = clock.now();
    counters.requests++;
    if (exchange.attempt > 1) counters.retries++;
    const tell = (result: number | string, answer?: HttpAnswer): void => {
      const correlationId = answer === undefined ? undefined : correlationIdOf(answer);
      onRequest?.({
        operation: exchange.name,
        method: exchange.method,
        path: exchange.target,
        attempt: exchange.attempt,
        token: exchange.token,
        milliseconds: Math.round(clock.now() - began),
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
      tell(error instanceof NoAnswer ? error.code : "aborted");
      throw error;
    }
  };
}
