import type { Clock } from "../../core/time/clock.js";
import type { ServiceTime } from "../api.js";

/** A Date header gives whole seconds: the moment lies within the second that begins there. Source: RFC 9110, 5.6.7. */
const resolutionMs = 1000;

/**
 * Tells the time by the service's own clock, from the Date header of its latest response and the time that has passed since.
 */
export class ServiceClock {
  readonly #clock: Clock;
  #latest: { readonly date: number; readonly sentAt: number; readonly receivedAt: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Learns the time from a response.
   *
   * @param date the Date header
   * @param sentAt when the request was sent, by the monotonic clock
   */
  heard(date: string | undefined, sentAt: number): void {
    const parsed = date === undefined ? Number.NaN : Date.parse(date);
    if (!Number.isNaN(parsed)) this.#latest = { date: parsed, sentAt, receivedAt: this.#clock.monotonic() };
  }

  now(): ServiceTime | undefined {
    if (this.#latest === undefined) return undefined;
    const { date, sentAt, receivedAt } = this.#latest;
    const now = this.#clock.monotonic();
    return { from: date + now - receivedAt, to: date + resolutionMs + now - sentAt };
  }
}
