import type { Clock } from "../../core/time/clock.js";
import type { ServiceTime } from "../api.js";

/** A Date header gives whole seconds: the moment lies within the second that begins there. Source: RFC 9110, 5.6.7. */
const resolutionMs = 1000;

/**
 * Tells the time by the service's own clock, from the Date header of its latest response and the time that has passed since.
 */
export class ServiceClock {
  readonly #clock: Clock;
  #latest:
    | { readonly text: string; readonly date: number; readonly sentAt: number; readonly receivedAt: number }
    | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Learns the time from a response.
   *
   * @param text the Date header
   * @param sentAt when the request was sent, by the monotonic clock
   */
  heard(text: string | undefined, sentAt: number): void {
    if (text === undefined) return;
    // The responses of a second have the same date.
    const date = text === this.#latest?.text ? this.#latest.date : Date.parse(text);
    if (!Number.isNaN(date)) this.#latest = { text, date, sentAt, receivedAt: this.#clock.monotonic() };
  }

  now(): ServiceTime | undefined {
    if (this.#latest === undefined) return undefined;
    const { date, sentAt, receivedAt } = this.#latest;
    const now = this.#clock.monotonic();
    return { from: date + now - receivedAt, to: date + resolutionMs + now - sentAt };
  }
}
