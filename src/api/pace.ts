import type { Clock } from "./clock.js";

/** What the service says of a token's rate limit. Source: the headers inin-ratelimit-count, -allowed, -reset. */
export interface RateLimitHeaders {
  readonly count: number;
  readonly allowed: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Waits longer than asked, by up to this, so that many clients don't come back at the same instant. */
const jitterMs = 250;

/**
 * The request budget of one token: how many requests of the service's current window are used, by what its headers say
 * and by what was sent since. Requests beyond it wait for the next window, so that a 429 is rare.
 */
export class Budget {
  readonly #clock: Clock;
  #allowed: number | undefined;
  #used = 0;
  /** When the window surely has ended, by our clock. */
  #endsAt = Infinity;
  #blockedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Requests a minute, as the service said; undefined before it said anything. */
  get allowed(): number | undefined {
    return this.#allowed;
  }

  /** Requests that may be sent now. */
  available(): number {
    const now = this.#clock.now();
    if (now < this.#blockedUntil) return 0;
    if (this.#allowed === undefined) return Infinity;
    if (now >= this.#endsAt) this.#begin();
    return this.#allowed - this.#used;
  }

  /** When there will be some again, in milliseconds of the clock. */
  availableAt(): number {
    return Math.max(this.#blockedUntil, this.#endsAt === Infinity ? 0 : this.#endsAt);
  }

  /** A request is sent. */
  spend(): void {
    this.#used++;
  }

  /** The service answered. */
  heard({ count, allowed, resetSeconds }: RateLimitHeaders): void {
    const now = this.#clock.now();
    // Whichever way the seconds are rounded, the window has ended by then; the earliest such instant is the truest.
    const endsAt = now + (resetSeconds + 1) * 1000;
    const isNext = this.#endsAt !== Infinity && endsAt - 2000 > this.#endsAt;
    this.#allowed = allowed;
    if (isNext) {
      this.#endsAt = endsAt;
      this.#used = count;
      return;
    }
    this.#endsAt = Math.min(this.#endsAt, endsAt);
    // Others may share the token: what the service counted is counted here.
    this.#used = Math.max(this.#used, count);
  }

  /** The service refused for the rate. Nothing is sent until it said it may, and a little more. */
  refused(retryAfterSeconds: number): void {
    const until = this.#clock.now() + retryAfterSeconds * 1000 + this.#clock.random() * jitterMs;
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  #begin(): void {
    this.#used = 0;
    this.#endsAt = Infinity;
  }
}
