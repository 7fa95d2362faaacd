import type { Intent } from "../../core/state/state.js";

/** The tolerance for clock differences between the service's servers and for rounded timestamps, in milliseconds. */
const toleranceMs = 3_000;

/** The time that the service may take to create an object, if a killed run recorded no end. In milliseconds. */
const handlingMs = 30_000;

/** An object created further from the request is similar by chance: no clocks differ by a day. In milliseconds. */
const farMs = 24 * 60 * 60_000;

/**
 * Compares the creation time of an object with the sending time of a create, both by the service's clock.
 *
 * @param created milliseconds since 1970; NaN if unknown
 * @returns the contradictions, as ends of sentences; none if the times agree
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

/** Returns true if an object was created more than a day before or after the request. */
export function isFarFromSending({ sent, at }: Intent, created: number): boolean {
  return Math.abs(created - Date.parse(sent?.from ?? at)) > farMs;
}

/** Formats a duration: `5 minutes`, `12 seconds`. */
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
