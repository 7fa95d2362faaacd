import { Refusal } from "../input/refusal.js";

/** How many requests a minute each token may make. */
export interface RateLimit {
  readonly perMinute: number;
  /** How long the emulator's minute is; default 60,000. A shorter one makes benchmarks and tests fast. */
  readonly minuteMs?: number;
}

/** Requests that were counted since the minute began. */
export interface Window {
  start: number;
  count: number;
}

/** Counts a request, and says what is left. */
export function countRequest(
  limit: RateLimit,
  window: Window,
  now: number,
): {
  readonly isOver: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly resetSeconds: number;
} {
  const minute = limit.minuteMs ?? 60_000;
  if (now - window.start >= minute) {
    window.start = now;
    window.count = 0;
  }
  window.count += 1;
  const resetSeconds = Math.max(1, Math.ceil((window.start + minute - now) / 1000));
  const headers = {
    "inin-ratelimit-count": String(window.count),
    "inin-ratelimit-allowed": String(limit.perMinute),
    "inin-ratelimit-reset": String(resetSeconds),
  };
  return { isOver: window.count > limit.perMinute, headers, resetSeconds };
}

/** The 429 of the API. */
export function tooManyRequests(resetSeconds: number): Refusal {
  return new Refusal(
    { status: 429, code: "too.many.requests.retry.after" },
    `Rate limit exceeded the maximum. Retry the request in [${resetSeconds}] seconds`,
    { headers: { "retry-after": String(resetSeconds) } },
  );
}
