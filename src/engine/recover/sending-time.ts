import type { Intent } from "../../core/state/state.js";

/** By so much the clocks of two servers of the service, or a rounded timestamp, may be off. In milliseconds. */
const toleranceMs = 3_000;

/** So long the service may take to create a thing, where a killed run could not note when it gave up. In milliseconds. */
const handlingMs = 30_000;

/** An object created further away from the request than this is similar by chance: no clocks differ by a day. In milliseconds. */
const farMs = 24 * 60 * 60_000;

/**
 * Compares when a thing was created with when a create was sent, both by the service's own clock.
 *
 * @param created milliseconds since 1970; NaN: the service does not say
 * @returns why it cannot be the one: ends of sentences; none where the times agree
 */
export function timeContradictions({ sent }: Intent, created: number): readonly string[] {
  if (sent === undefined)
    return [
      "the service's own time was not known when the request was sent, so the times cannot be compared",
    ];
  if (Number.isNaN(created)) return ["the service does not say when it was created"];
  const from = Date.parse(sent.from);
  const to = Math.max(from + handlingMs, Date.parse(sent.to ?? sent.from));
  if (created < from - toleranceMs) return [`it was created ${lasting(from - created)} before the request`];
  if (created > to + toleranceMs) return [`it was created ${lasting(created - to)} after the request`];
  return [];
}

/** Returns whether an object was created so long before or after the request that it is not mentioned. */
export function isFarFromSending({ sent, at }: Intent, created: number): boolean {
  return Math.abs(created - Date.parse(sent?.from ?? at)) > farMs;
}

/** `5 minutes`, `12 seconds`. */
function lasting(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [number, unit] =
    seconds < 120
      ? [seconds, "second"]
      : seconds < 7200
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
