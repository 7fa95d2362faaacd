import type { Clock } from "../../core/time/clock.js";
import type { ApiResponse } from "../api.js";
import { readResponse } from "../response.js";
import { errorOf, oneLine } from "../error-body.js";
import type { ApiFailure, Outcome } from "../errors.js";
import { ApiError } from "../errors.js";
import type { Counters, Exchange, OnRetry, RetryEntry, Send } from "../exchange.js";
import { NetworkError } from "../../http/network-error.js";
import { operation } from "../operations/operations.js";
import { withJitter } from "./pace.js";
import { retryAfterMs, throttledMs } from "./retry-after.js";
import type { HttpResponse } from "../../http/transport.js";
import { WaitTooLong } from "./wait-limit.js";
import type { Waits } from "./waits.js";

/** Attempts of a call that may be repeated, when the service or the connection fails. docs/retries.md lists all of this. */
const maxAttempts = 5;

/** Attempts of a read that the service answers with 500, which is less likely to pass. */
const maxAttempts500 = 3;

/** Attempts that end without a response in time, at most: each of them takes long. */
export const maxTimeouts = 3;

/** Attempts of a call that the service refuses for the rate: it was not done, but others may use up the budget forever. */
const maxThrottled = 30;

const backoffMs = { first: 500, most: 20_000 };

/** What the retries work with. */
export interface RetryLayer {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly waits: Waits;
  readonly onRetry?: OnRetry | undefined;
}

/** What to do after an attempt. */
type Tried =
  /** It succeeded. */
  | { readonly answer: ApiResponse }
  /** Wait so long, then try again. */
  | { readonly waitMs: number; readonly reason: string }
  /** The service refused for the rate: the token's budget knows when to try again. */
  | { readonly throttled: ApiError; readonly waitMs: number; readonly reason: string }
  | { readonly failed: ApiError };

/**
 * Makes a call: as many attempts as are safe for its operation, and what came of it. A 429 was not done, so it is tried
 * again, whatever it is. After 502, 503, 504, or without a response, only what does no harm if it is done twice; after 500
 * only reads; of the rest what was surely not sent.
 *
 * @throws ApiError
 * @throws the signal's reason when it aborts
 */
export async function withRetries(exchange: Exchange, layer: RetryLayer, next: Send): Promise<ApiResponse> {
  let refusal: ApiError | undefined;
  for (let attempt = 1, failures = 0, throttled = 0; ; attempt++) {
    const current = attempt === 1 ? exchange : { ...exchange, attempt };
    const tried = await attemptOnce(current, failures + 1, refusal, layer, next);
    if ("answer" in tried) return tried.answer;
    if ("failed" in tried) throw tried.failed;
    if ("throttled" in tried) {
      if (exchange.once) throw orTooLong(tried.throttled, exchange, tried.waitMs);
      if (++throttled >= maxThrottled) throw tried.throttled;
      refusal = tried.throttled;
      exchange.limit.isThrottled = true;
    }
    const { waitMs, reason } = tried;
    layer.onRetry?.({ ...retryOf(current), waitMs, reason });
    if ("throttled" in tried) continue;
    failures++;
    layer.counters.waitedMs += waitMs;
    await layer.waits.sleep(`another try of ${exchange.name} (${reason})`, waitMs, exchange.signal);
  }
}

/** The attempt after this one, for --debug. */
export function retryOf({ name, method, target, attempt }: Exchange): Omit<RetryEntry, "waitMs" | "reason"> {
  return { operation: name, method, path: target, attempt: attempt + 1 };
}

/**
 * @param failures counts this one, should it fail
 * @param refusal the service's refusal for the rate before this attempt
 */
async function attemptOnce(
  exchange: Exchange,
  failures: number,
  refusal: ApiError | undefined,
  { clock }: RetryLayer,
  next: Send,
): Promise<Tried> {
  try {
    return afterAnswer(exchange, await next(exchange), failures, clock);
  } catch (error) {
    if (error instanceof WaitTooLong) {
      const failure = refusal?.failure ?? { ...requestOf(exchange), outcome: "not-sent" };
      return { failed: new ApiError({ ...failure, code: "wait.too.long", reason: error.message }) };
    }
    if (!(error instanceof NetworkError)) throw error;
    return afterNoAnswer(exchange, error, failures, clock);
  }
}

function afterAnswer(exchange: Exchange, answer: HttpResponse, failures: number, clock: Clock): Tried {
  const { status } = answer;
  if (status === 429) {
    const throttled = errorOf(exchange, answer, "refused");
    return { throttled, waitMs: throttledMs(answer, clock), reason: reasonOf(throttled) };
  }
  if (status >= 200 && status < 300) return afterSuccess(exchange, answer, failures, clock);
  // The service may have done it before it failed; with 408 too: it had begun to read the request.
  const error = errorOf(exchange, answer, status >= 500 || status === 408 ? "unclear" : "refused");
  const most = status === 500 ? maxAttempts500 : maxAttempts;
  if (!mayPass(status, exchange) || failures >= most) return { failed: error };
  const askedMs = retryAfterMs(answer, clock);
  if (askedMs === undefined) return { waitMs: backoff(failures, clock), reason: reasonOf(error) };
  if (!exchange.limit.allows(askedMs)) return { failed: orTooLong(error, exchange, askedMs) };
  const waitMs = Math.max(backoff(failures, clock), withJitter(askedMs, clock));
  exchange.limit.spend(waitMs);
  return { waitMs, reason: reasonOf(error) };
}

/** The error of an attempt; where another would have to wait for too long, an error that says so. */
function orTooLong(error: ApiError, { limit }: Exchange, askedMs: number): ApiError {
  if (limit.allows(askedMs)) return error;
  return new ApiError({ ...error.failure, code: "wait.too.long", reason: limit.reason(askedMs) });
}

/** Whether the service may do better next time, and a second request does no harm. */
function mayPass(status: number, exchange: Exchange): boolean {
  if (status === 500) return operation(exchange.name).safety === "read";
  return (status === 502 || status === 503 || status === 504) && isRepeatable(exchange);
}

function afterSuccess(exchange: Exchange, answer: HttpResponse, failures: number, clock: Clock): Tried {
  const read = readResponse(exchange.name, answer);
  if (typeof read !== "string") return { answer: read };
  const { failure } = errorOf(exchange, answer, "unclear");
  const error = new ApiError({ ...failure, code: "bad.answer", reason: read });
  return isRepeatable(exchange) && failures < maxAttempts
    ? { waitMs: backoff(failures, clock), reason: reasonOf(error) }
    : { failed: error };
}

function afterNoAnswer(exchange: Exchange, error: NetworkError, failures: number, clock: Clock): Tried {
  const most = attemptsAfter.get(error.code) ?? 1;
  const outcome: Outcome = error.sent ? "unclear" : "not-sent";
  const failure = { ...requestOf(exchange), outcome, code: error.code, reason: oneLine(error.message) };
  const apiError = new ApiError(failure, { cause: error });
  return failures < most && (isRepeatable(exchange) || !error.sent)
    ? { waitMs: backoff(failures, clock), reason: reasonOf(apiError) }
    : { failed: apiError };
}

/** Other reasons for no answer do not pass by themselves. */
const attemptsAfter: ReadonlyMap<string, number> = new Map([
  ["connection.failed", maxAttempts],
  ["timeout", maxTimeouts],
]);

function requestOf({ name, method, path }: Exchange): Pick<ApiFailure, "operation" | "method" | "path"> {
  return { operation: name, method, path };
}

function reasonOf({ failure: { status, code } }: ApiError): string {
  return status === undefined || code === `http.${status}`
    ? code.replace(/^http\./, "")
    : `${status} ${code}`;
}

function isRepeatable({ name }: Exchange): boolean {
  return operation(name).safety !== "creates";
}

/** Doubled with each failure; between half of that and all of it. */
function backoff(failures: number, clock: Clock): number {
  const most = Math.min(backoffMs.most, backoffMs.first * 2 ** (failures - 1));
  return most * (0.5 + clock.random() / 2);
}
