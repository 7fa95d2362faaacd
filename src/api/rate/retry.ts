import type { Clock } from "../../core/time/clock.js";
import type { Attempt, Backoff } from "../../core/time/retry.js";
import { backoffMs, retry, withJitter } from "../../core/time/retry.js";
import type { ApiResponse } from "../api.js";
import { readResponse } from "../response.js";
import { toApiError, oneLine } from "../error-body.js";
import type { ApiFailure, Outcome } from "../errors.js";
import { ApiError } from "../errors.js";
import type { Counters, Exchange, OnRetry, RetryEntry, Send } from "../exchange.js";
import { NetworkError } from "../../http/network-error.js";
import { operation } from "../operations/operations.js";
import { lengthened, throttledMs } from "./pace.js";
import { retryAfterMs } from "../../http/retry-after.js";
import type { HttpResponse } from "../../http/message.js";
import { isSuccess } from "../../http/message.js";
import { WaitTooLongError } from "./wait-limit.js";
import type { Waits } from "./waits.js";

/** Attempts of a call that may be repeated, when the service or the connection fails. docs/retries.md lists these limits. */
const maxAttempts = 5;

/** Attempts of a read that gets a 500, which is less likely to pass. */
const maxAttempts500 = 3;

/** The most attempts that end without a response in time: each of them takes long. */
export const maxTimeouts = 3;

/** Attempts of a call that the service refuses for the rate: it was not carried out, but others may use up the budget forever. */
const maxThrottled = 30;

const backoff: Backoff = { firstMs: 500, maxMs: 20_000 };

/** The parts that retries need. */
export interface RetryOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly waits: Waits;
  /** The most attempts, whatever fails. */
  readonly maxAttempts?: number | undefined;
  readonly onRetry?: OnRetry | undefined;
}

/** A wait before the next attempt. */
interface Pause {
  readonly waitMs: number;
  /** The reason why the attempt before it failed. */
  readonly reason: string;
  /** Set where the service refused for the rate: the token's budget does the waiting. */
  readonly throttled?: ApiError;
  /** True if that attempt may have been carried out. */
  readonly isUnclear: boolean;
}

type Tried = Attempt<ApiResponse, Pause>;

/**
 * Makes a call with as many attempts as are safe for its operation. A 429 was not carried out, so every operation is sent again.
 * After 502, 503, 504, or without a response, only an operation that does no harm when it is done twice is sent again; after 500
 * only a read; any other operation only if it surely was not sent.
 *
 * @throws ApiError
 * @throws the signal's reason when it aborts
 */
export function withRetries(exchange: Exchange, layer: RetryOptions, next: Send): Promise<ApiResponse> {
  let refusal: ApiError | undefined;
  let [failures, refusals] = [0, 0];
  let { untilSent } = exchange;
  return retry(
    async (attempt): Promise<Tried> => {
      const current = attempt === 1 ? exchange : { ...exchange, attempt, untilSent };
      const failed = attempt >= (layer.maxAttempts ?? Infinity) ? Infinity : failures + 1;
      const tried = await attemptOnce(current, failed, refusal, layer, next);
      if ("value" in tried) return tried;
      const { waitMs, reason, throttled } = tried;
      if (tried.isUnclear) untilSent = exchange.signal;
      if (throttled === undefined) failures++;
      else {
        if (exchange.once) throw orTooLong(throttled, exchange, waitMs);
        if (++refusals >= maxThrottled) throw throttled;
        refusal = throttled;
        exchange.limit.isThrottled = true;
      }
      layer.onRetry?.({ ...nextAttempt(current), waitMs, reason });
      return tried;
    },
    async ({ waitMs, reason, throttled }) => {
      if (throttled !== undefined) return;
      layer.counters.waitedMs += waitMs;
      await layer.waits.sleep(`another try of ${exchange.name} (${reason})`, waitMs, untilSent);
    },
  );
}

/** Returns the attempt after this one, for --debug. */
export function nextAttempt({
  name,
  method,
  target,
  attempt,
}: Exchange): Omit<RetryEntry, "waitMs" | "reason"> {
  return { operation: name, method, path: target, attempt: attempt + 1 };
}

/**
 * Makes one attempt.
 *
 * @param failures counts this one, should it fail; Infinity: no other attempt is left
 * @param refusal the service's refusal for the rate before this attempt
 * @throws ApiError where no other attempt is safe, or left
 */
async function attemptOnce(
  exchange: Exchange,
  failures: number,
  refusal: ApiError | undefined,
  { clock }: RetryOptions,
  next: Send,
): Promise<Tried> {
  try {
    return afterResponse(exchange, await next(exchange), failures, clock);
  } catch (error) {
    if (error instanceof WaitTooLongError) {
      const failure = refusal?.failure ?? { ...pickRequest(exchange), outcome: "not-sent" };
      throw new ApiError({ ...failure, code: "wait.too.long", reason: error.message });
    }
    if (!(error instanceof NetworkError)) throw error;
    return afterNetworkError(exchange, error, failures, clock);
  }
}

function afterResponse(exchange: Exchange, response: HttpResponse, failures: number, clock: Clock): Tried {
  const { status } = response;
  if (status === 429) {
    const throttled = toApiError(exchange, response, "refused");
    return {
      throttled,
      waitMs: throttledMs(response, clock),
      reason: shortReason(throttled),
      isUnclear: false,
    };
  }
  if (isSuccess(response)) return afterSuccess(exchange, response, failures, clock);
  // The service may have carried it out before it failed; with 408 too: it had begun to read the request.
  const error = toApiError(exchange, response, status >= 500 || status === 408 ? "unclear" : "refused");
  const most = status === 500 ? maxAttempts500 : maxAttempts;
  if (!mayPass(status, exchange) || failures >= most) throw error;
  const askedMs = retryAfterMs(response, clock);
  if (askedMs === undefined) return pauseAfter(error, failures, clock);
  if (!exchange.limit.allows(askedMs)) throw orTooLong(error, exchange, askedMs);
  const waitMs = Math.max(backoffWait(failures, clock), lengthened(askedMs, clock));
  exchange.limit.spend(waitMs);
  return { waitMs, reason: shortReason(error), isUnclear: isUnclear(error) };
}

function isUnclear({ failure }: ApiError): boolean {
  return failure.outcome === "unclear";
}

/** Returns the error of an attempt; where another attempt would have to wait too long, an error that says so. */
function orTooLong(error: ApiError, { limit }: Exchange, askedMs: number): ApiError {
  if (limit.allows(askedMs)) return error;
  return new ApiError({ ...error.failure, code: "wait.too.long", reason: limit.reason(askedMs) });
}

/** Returns whether the service may do better next time, and a second request does no harm. */
function mayPass(status: number, exchange: Exchange): boolean {
  if (status === 500) return operation(exchange.name).safety === "read";
  return (status === 502 || status === 503 || status === 504) && isRepeatable(exchange);
}

function afterSuccess(exchange: Exchange, response: HttpResponse, failures: number, clock: Clock): Tried {
  const read = readResponse(exchange.name, response);
  if (typeof read !== "string") return { value: read };
  const { failure } = toApiError(exchange, response, "unclear");
  const error = new ApiError({ ...failure, code: "bad.answer", reason: read });
  if (isRepeatable(exchange) && failures < maxAttempts) return pauseAfter(error, failures, clock);
  throw error;
}

function afterNetworkError(exchange: Exchange, error: NetworkError, failures: number, clock: Clock): Tried {
  const most = attemptsAfter.get(error.code) ?? 1;
  const outcome: Outcome = error.sent ? "unclear" : "not-sent";
  const failure = { ...pickRequest(exchange), outcome, code: error.code, reason: oneLine(error.message) };
  const apiError = new ApiError(failure, { cause: error });
  if (failures < most && (isRepeatable(exchange) || !error.sent))
    return pauseAfter(apiError, failures, clock);
  throw apiError;
}

/** Attempts by the reason for no response. Other reasons do not pass by themselves. */
const attemptsAfter: ReadonlyMap<string, number> = new Map([
  ["connection.failed", maxAttempts],
  ["timeout", maxTimeouts],
]);

function pickRequest({ name, method, path }: Exchange): Pick<ApiFailure, "operation" | "method" | "path"> {
  return { operation: name, method, path };
}

function isRepeatable({ name }: Exchange): boolean {
  return operation(name).safety !== "creates";
}

function pauseAfter(error: ApiError, failures: number, clock: Clock): Pause {
  return { waitMs: backoffWait(failures, clock), reason: shortReason(error), isUnclear: isUnclear(error) };
}

function backoffWait(failures: number, clock: Clock): number {
  return withJitter(backoffMs(failures, backoff), clock);
}

function shortReason({ failure: { status, code } }: ApiError): string {
  return status === undefined || code === `http.${status}`
    ? code.replace(/^http\./, "")
    : `${status} ${code}`;
}
