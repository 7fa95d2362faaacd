import type { Clock } from "../core/clock.js";
import type { HttpAnswer } from "./transport.js";
import { header } from "./transport.js";

/** How long the service asks to wait, in milliseconds: Retry-After in seconds, or (by RFC 9110) as a date. */
export function retryAfterMs(answer: HttpAnswer, clock: Clock): number | undefined {
  const text = header(answer, "retry-after")?.trim();
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}
