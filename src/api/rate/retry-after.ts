import type { Clock } from "../../core/time/clock.js";
import type { HttpResponse } from "../../http/transport.js";
import { header } from "../../http/transport.js";

/**
 * Reads how long the service asks to wait: Retry-After in seconds or as a date (RFC 9110, 10.2.3). A date is compared with the
 * response's own Date header where there is one, as our clock may be wrong.
 *
 * @returns milliseconds, Infinity where the number is too large for a number; undefined where nothing usable is said
 */
export function retryAfterMs(answer: HttpResponse, clock: Clock): number | undefined {
  const text = header(answer, "retry-after")?.trim();
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (!Number.isNaN(seconds)) return seconds < 0 ? undefined : seconds * 1000;
  const until = dateIn(text);
  if (until === undefined) return undefined;
  return Math.max(0, until - (dateIn(header(answer, "date")) ?? clock.now()));
}

/** Where a 429 does not say how long to wait, in milliseconds. */
const defaultThrottledMs = 3000;

/** Returns how long to wait after a 429, in milliseconds. */
export function throttledMs(answer: HttpResponse, clock: Clock): number {
  return retryAfterMs(answer, clock) ?? defaultThrottledMs;
}

/** An HTTP date begins with the name of a day. */
function dateIn(text: string | undefined): number | undefined {
  const date = text !== undefined && /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
