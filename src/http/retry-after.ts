import type { Clock } from "../core/time/clock.js";
import type { HttpResponse } from "./message.js";
import { header } from "./message.js";

/**
 * Reads how long a server asks to wait: Retry-After in seconds or as a date (RFC 9110, 10.2.3). A date is compared with the
 * response's own Date header where there is one, as our clock may be wrong.
 *
 * @returns milliseconds, Infinity where the number is too large for a number; undefined where nothing usable is said
 */
export function retryAfterMs(
  response: Pick<HttpResponse, "headers">,
  clock: Pick<Clock, "now">,
): number | undefined {
  const text = header(response, "retry-after")?.trim();
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (!Number.isNaN(seconds)) return seconds < 0 ? undefined : seconds * 1000;
  const until = parseHttpDate(text);
  if (until === undefined) return undefined;
  return Math.max(0, until - (parseHttpDate(header(response, "date")) ?? clock.now()));
}

/** Parses an HTTP date, which begins with the name of a day. */
function parseHttpDate(text: string | undefined): number | undefined {
  const date = text !== undefined && /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
