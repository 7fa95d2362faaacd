import type { Clock } from "../../core/time/clock.js";

/** Requests a minute of all tokens of a client together. Source: the vendor's published limits, `org.app.user.rate.per.minute`. */
export const clientWidePerMinute = 3000;

/** The longest window. Source: the vendor's published limits count by the minute. */
const minuteMs = 60_000;

/** The share of the refused requests of a window that is tried next, where the refusal tells no limit. */
const untoldShare = 0.9;

/** Requests may take longer to arrive than others that are sent after them. */
const arrivalMs = 1000;

/**
 * The request budget of all tokens of a client together. No response tells its count, so in any span as long as a window no more
 * requests are sent than are allowed: then no window of the service holds more, whenever it begins.
 */
export class ClientBudget {
  readonly #clock: Clock;
  /** Infinity until a response has told that the service has limits. */
  #allowed = Infinity;
  #windowMs = 0;
  #resumesAt = -Infinity;
  /** The times of the requests of the last window, oldest first, from `#first` on. */
  #sent: number[] = [];
  #first = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The requests allowed in a window; Infinity before a response has told that there is a limit. */
  get allowed(): number {
    return this.#allowed;
  }

  /** The length of the service's windows as far as it is known, in milliseconds. */
  get windowMs(): number {
    return this.#windowMs === 0 ? minuteMs : this.#windowMs;
  }

  /** Returns the number of requests that may be sent now. */
  available(): number {
    if (this.pausedMs() > 0) return 0;
    return Math.max(0, this.#allowed - this.#count());
  }

  /** Returns when a request may be sent, by the monotonic clock. */
  availableAt(): number {
    const oldest = this.#sent[this.#first + this.#count() - this.#allowed] ?? -Infinity;
    return Math.max(this.#resumesAt, oldest + this.windowMs + arrivalMs);
  }

  /** Returns for how long nothing is sent after a refusal, in milliseconds from now. */
  pausedMs(): number {
    return Math.max(0, this.#resumesAt - this.#clock.monotonic());
  }

  /** Counts a request that is sent. */
  spend(): void {
    this.#sent.push(this.#clock.monotonic());
  }

  /** Learns from a token's limit that the service has limits, and how long its windows are. @param resetSeconds until its window ends */
  heard(resetSeconds: number): void {
    this.#windowMs = Math.min(minuteMs, Math.max(this.#windowMs, Math.ceil(resetSeconds) * 1000));
    if (this.#allowed === Infinity) this.#allowed = clientWidePerMinute;
  }

  /**
   * Notes a refusal for all tokens together.
   *
   * @param allowed as the refusal tells it; undefined: what was sent in the last window is too much
   */
  refused(allowed: number | undefined, retryAfterMs: number): void {
    const most = allowed ?? Math.floor(this.#count() * untoldShare);
    this.#allowed = Math.max(1, Math.min(this.#allowed, most));
    this.#resumesAt = Math.max(this.#resumesAt, this.#clock.monotonic() + retryAfterMs);
  }

  /** Returns the number of requests of the last window. */
  #count(): number {
    const since = this.#clock.monotonic() - this.windowMs - arrivalMs;
    while ((this.#sent[this.#first] ?? Infinity) <= since) this.#first++;
    if (this.#first > clientWidePerMinute) {
      this.#sent = this.#sent.slice(this.#first);
      this.#first = 0;
    }
    return this.#sent.length - this.#first;
  }
}
