import type { ApiAnswer } from "./api.js";
import { readAnswer } from "./answer.js";
import type { Clock } from "../core/clock.js";
import { errorOf, oneLine } from "./error-body.js";
import type { Outcome } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Counters, Exchange, Send } from "./exchange.js";
import { NoAnswer } from "./no-answer.js";
import { operation } from "./operations.js";
import { withJitter } from "./pace.js";
import { retryAfterMs } from "./retry-after.js";
import type { HttpAnswer } from "./transport.js";

/** Tries of a call that may be repeated, when the service or the connection fails. */
const maxAttempts = 5;

/** Tries of a call that the service refuses for the rate: it was not done, but others may use up the budget forever. */
const maxThrottled = 30;

const backoffMs = { first: 500, most: 20_000 };

/** What to do after a try. */
type Tried =
  /** It succeeded. */
  | { readonly answer: ApiAnswer }
  /** Wait so long, then try again. */
  | { readonly retryAfterMs: number }
  /** The service refused for the rate: the token's budget knows when to try again. */
  | { readonly throttled: ApiError }
  | { readonly failed: ApiError };

/**
 * Makes a call: as many tries as are safe for its operation, and what came of it. A 429 was not done, so it is tried
 * again, whatever it is. After 502, 503, 504, or without an answer, only what does no harm if it is done twice; of the
 * rest what was surely not sent.
 *
 * @throws ApiError
 * @throws the signal's reason when it aborts
 */
export async function withRetries(
  exchange: Exchange,
  clock: Clock,
  counters: Counters,
  next: Send,
): Promise<ApiAnswer> {
  for (let attempt = 1, failures = 0, throttled = 0; ; attempt++) {
    const tried = await attemptOnce(
      attempt === 1 ? exchange : { ...exchange, attempt },
      failures + 1,
      clock,
      next,
    );
    if ("answer" in tried) return tried.answer;
    if ("failed" in tried) throw tried.failed;
    if ("throttled" in tried) {
      if (exchange.once || ++throttled >= maxThrottled) throw tried.throttled;
      continue;
    }
    failures++;
    counters.waitedMs += tried.retryAfterMs;
    await clock.sleep(tried.retryAfterMs, exchange.signal);
  }
}

/** @param failures counts this one, should it fail */
async function attemptOnce(exchange: Exchange, failures: number, clock: Clock, next: Send): Promise<Tried> {
  try {
    return afterAnswer(exchange, await next(exchange), failures, clock);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return afterNoAnswer(exchange, error, failures, clock);
  }
}

function afterAnswer(exchange: Exchange, answer: HttpAnswer, failures: number, clock: Clock): Tried {
  const { status } = answer;
  if (status === 429) return { throttled: errorOf(exchange, answer, "refused") };
  if (status >= 200 && status < 300) return afterSuccess(exchange, answer, failures, clock);
  const passes = status === 502 || status === 503 || status === 504;
  if (passes && isRepeatable(exchange) && failures < maxAttempts) {
    const asked = retryAfterMs(answer, clock);
    const least = asked === undefined ? 0 : withJitter(asked, clock);
    return { retryAfterMs: Math.max(backoff(failures, clock), least) };
  }
  // The service may have done it before it failed; with 408 too: it had begun to read the request.
  return { failed: errorOf(exchange, answer, status >= 500 || status === 408 ? "unclear" : "refused") };
}

function afterSuccess(exchange: Exchange, answer: HttpAnswer, failures: number, clock: Clock): Tried {
  const read = readAnswer(exchange.name, answer);
  if (typeof read !== "string") return { answer: read };
  if (isRepeatable(exchange) && failures < maxAttempts) return { retryAfterMs: backoff(failures, clock) };
  const { failure } = errorOf(exchange, answer, "unclear");
  return { failed: new ApiError({ ...failure, code: "bad.answer", reason: read }) };
}

function afterNoAnswer(exchange: Exchange, error: NoAnswer, failures: number, clock: Clock): Tried {
  const { name, method, path } = exchange;
  const mayPass = error.code === "connection.failed" || error.code === "timeout";
  if (mayPass && failures < maxAttempts && (isRepeatable(exchange) || !error.sent)) {
    return { retryAfterMs: backoff(failures, clock) };
  }
  const outcome: Outcome = error.sent ? "unclear" : "not-sent";
  const failure = {
    operation: name,
    method,
    path,
    outcome,
    code: error.code,
    reason: oneLine(error.message),
  };
  return { failed: new ApiError(failure, { cause: error }) };
}

function isRepeatable({ name }: Exchange): boolean {
  return operation(name).safety !== "creates";
}

/** Doubled with each failure; between half of that and all of it. */
function backoff(failures: number, clock: Clock): number {
  const most = Math.min(backoffMs.most, backoffMs.first * 2 ** (failures - 1));
  return most * (0.5 + clock.random() / 2);
}
