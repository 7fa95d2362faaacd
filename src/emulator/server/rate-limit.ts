import { Refusal } from "../input/refusal.js";

/** The number of requests that each token may make in a minute. */
export interface RateLimit {
  readonly perMinute: number;
  /** The length of the emulator's minute, in milliseconds; default 60,000. A shorter one speeds up tests and benchmarks. */
  readonly minuteMs?: number;
}

/** The requests since the minute began. */
export interface Window {
  start: number;
  count: number;
}

/** Counts a request. @returns whether the limit is exceeded, and the headers about it */
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

/** Returns the refusal of a request above the limit: 429. */
export function tooManyRequests(resetSeconds: number): Refusal {
  return new Refusal(
    { status: 429, code: "too.many.requests.retry.after" },
    `Rate limit exceeded the maximum. Retry the request in [${resetSeconds}] seconds`,
    { headers: { "retry-after": String(resetSeconds) } },
  );
}
