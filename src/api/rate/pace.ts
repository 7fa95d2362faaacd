/**
 * The request budget of one token.
 *
 * The service counts a token's requests in windows and tells, with each response, the count, how many are allowed, and the seconds
 * until the window ends. Undocumented: how these are rounded.
 *
 *     window      |--------------------------------|----------
 *     M           the earliest of (time of a response + its seconds): the end, if they are rounded up
 *     M + 1 s     the end for sure, if they are rounded down
 *
 * All but one request of the budget may go at once. The last one is kept until M, and then sent alone: a count in its response that
 * began anew shows that the next window has begun; otherwise the next window is waited for until M + 1 s. So no second of a window is
 * lost where seconds are rounded up, and nothing is sent too early where they are rounded down.
 */
import type { Clock } from "../../core/time/clock.js";
import type { HttpResponse } from "../../http/message.js";
import { retryAfterMs } from "../../http/retry-after.js";

/** The rate limit of a token, from the headers inin-ratelimit-count, -allowed and -reset. */
export interface RateLimitHeaders {
  readonly count: number;
  readonly allowed: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
  /** True if the window ends with a minute of the service's clock. Missing: no header tells. */
  readonly isAligned?: boolean;
}

/** A refusal for the rate (429). */
export interface RateRefusal {
  readonly retryMs: number;
  /** The limit, of one token or of all tokens of the client together, with the requests that are allowed. Missing: not told. */
  readonly limit: { readonly of: "token" | "client"; readonly allowed?: number } | undefined;
}

/** The longest window. Source: the vendor's published limits count by the minute. */
export const minuteMs = 60_000;

/** Waits are longer than asked, by up to this, so that many clients do not come back at the same instant. */
const jitterMs = 250;

/** Returns a wait that the service asked for, made a little longer. In milliseconds. */
export function lengthened(ms: number, clock: Clock): number {
  return ms + jitter(clock);
}

/** The wait after a 429 that does not say how long to wait, in milliseconds. */
const defaultThrottledMs = 3000;

/** Returns how long to wait after a 429, in milliseconds. */
export function throttledMs(response: HttpResponse, clock: Clock): number {
  return retryAfterMs(response, clock) ?? defaultThrottledMs;
}

function jitter(clock: Clock): number {
  return clock.random() * jitterMs;
}

/** A window ends this much later than M at most. */
const roundingMs = 1000;

/** The kept request goes this long after M. */
const probeAfterMs = 20;

/** Smaller budgets are used without keeping one request back. */
const smallestWithReserve = 20;

/** Requests in flight until the first response tells the limit. */
const firstInFlight = 10;

/** The request budget of one token. */
export class Budget {
  readonly #clock: Clock;
  #allowed: number | undefined;
  /** False where only a refusal has told the limit: then a window is a minute from its first request. */
  #isHeard: boolean;
  /** Set by the first response, which may tell no limit. */
  #hasResponded = false;
  /** Requests of this window: chatform's own, and those of others as far as the service's count shows them. */
  #used = 0;
  #inFlight = 0;
  /** M. */
  #endsAt = Infinity;
  /** The end of the wait that the service asks for, and the time a little later when requests are sent again. */
  #blockedUntil = -Infinity;
  #resumesAt = -Infinity;
  /** The highest count of this window, and when it was received. */
  #top: { readonly count: number; readonly at: number } | undefined;

  /** @param told the requests allowed in a window, where a refusal has told them and no header does */
  constructor(clock: Clock, told?: number) {
    this.#clock = clock;
    this.#allowed = told;
    this.#isHeard = told === undefined;
  }

  /** The requests allowed in a window; undefined before a response has told it. */
  get allowed(): number | undefined {
    return this.#allowed;
  }

  /** Returns when the window ends, by the monotonic clock; Infinity where no response has told it. */
  endsAt(): number {
    return this.#endsAt;
  }

  /** Returns the number of requests that may be sent now. */
  available(): number {
    const now = this.#clock.monotonic();
    if (now < this.#resumesAt) return 0;
    if (this.#allowed === undefined) return this.#hasResponded ? Infinity : firstInFlight - this.#inFlight;
    if (now >= this.#endsAt + roundingMs) this.#begin(Infinity, this.#inFlight);
    const left = this.#allowed - this.#used;
    const reserve = this.#reserve();
    if (left > reserve || reserve === 0) return Math.max(0, left - reserve);
    return left > 0 && this.#inFlight === 0 && now >= this.#endsAt + probeAfterMs ? 1 : 0;
  }

  /**
   * Returns when requests may be sent again, by the monotonic clock, unless a request ends before. Infinity: only when a request
   * ends.
   */
  availableAt(): number {
    const now = this.#clock.monotonic();
    if (this.#endsAt === Infinity || this.#allowed === undefined) {
      return now < this.#resumesAt ? this.#resumesAt : Infinity;
    }
    const probeAt = this.#endsAt + probeAfterMs;
    const probes = this.#reserve() > 0 && this.#allowed - this.#used > 0 && now < probeAt;
    return Math.max(this.#resumesAt, probes ? probeAt : this.#endsAt + roundingMs);
  }

  /** Returns whether the requests of this window, as the service has told them, are all used. */
  isSpent(): boolean {
    return this.#allowed !== undefined && this.pausedMs() === 0 && this.available() <= 0;
  }

  /** Returns for how long nothing is sent after a refusal for the rate limit, in milliseconds from now. */
  pausedMs(): number {
    return Math.max(0, this.#resumesAt - this.#clock.monotonic());
  }

  /**
   * Returns how long the service asks to wait before the next request, after a refusal or until the window ends: in milliseconds from
   * now, without what chatform adds. 0 for no wait.
   */
  askedMs(): number {
    const now = this.#clock.monotonic();
    if (now < this.#resumesAt) return Math.max(0, this.#blockedUntil - now);
    const isUsedUp = this.available() <= 0;
    return isUsedUp && this.#endsAt !== Infinity ? Math.max(0, this.#endsAt - now) : 0;
  }

  /** Counts a request that is sent. @returns its time, for `heard` */
  spend(): number {
    this.#used++;
    this.#inFlight++;
    const now = this.#clock.monotonic();
    if (!this.#isHeard && this.#endsAt === Infinity) this.#endsAt = now + minuteMs;
    return now;
  }

  /** Counts a request that has ended. @param hasResponse whether the service responded */
  done(hasResponse: boolean): void {
    this.#inFlight--;
    this.#hasResponded ||= hasResponse;
    // A window whose end no response has told cannot be waited for.
    const isStuck =
      this.#endsAt === Infinity && this.#inFlight === 0 && this.#used >= (this.#allowed ?? Infinity);
    if (isStuck) this.#used = 0;
  }

  /** Learns the limit from the response to a request that was sent at `sentAt`. */
  heard({ count, allowed, resetSeconds }: RateLimitHeaders, sentAt: number): void {
    const now = this.#clock.monotonic();
    const endsAt = now + resetSeconds * 1000;
    this.#allowed = allowed;
    this.#isHeard = true;
    if (this.#isNext(count, sentAt, resetSeconds)) this.#begin(endsAt, count + this.#inFlight - 1);
    this.#endsAt = Math.min(this.#endsAt, endsAt);
    // Others may share the token: the service's count includes their requests.
    this.#used = Math.max(this.#used, count);
    if (this.#top === undefined || count > this.#top.count) this.#top = { count, at: now };
  }

  /**
   * Notes a refusal for the rate: nothing is sent until the wait that the service asks for is over, and a little longer.
   *
   * @param told the requests allowed in a window, as the refusal tells them
   */
  refused(retryAfterMs: number, told?: number): void {
    if (this.#allowed === undefined && told !== undefined) {
      this.#allowed = told;
      this.#isHeard = false;
    }
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.monotonic() + retryAfterMs);
    this.#resumesAt = Math.max(this.#resumesAt, this.#blockedUntil + jitter(this.#clock));
    // Requests may be sent then: the count until now no longer matters.
    this.#endsAt = Math.min(this.#endsAt, this.#resumesAt - roundingMs);
  }

  /**
   * Returns whether a response belongs to a later window: its request was sent after a count that is not lower was received, or when
   * the window surely had ended.
   */
  #isNext(count: number, sentAt: number, resetSeconds: number): boolean {
    if (this.#top === undefined) return false;
    const beganAnew = sentAt > this.#top.at && count <= this.#top.count;
    return beganAnew || sentAt + (resetSeconds - 1) * 1000 >= this.#endsAt + roundingMs;
  }

  #begin(endsAt: number, used: number): void {
    this.#used = used;
    this.#endsAt = endsAt;
    this.#top = undefined;
  }

  #reserve(): number {
    return this.#allowed !== undefined && this.#allowed >= smallestWithReserve ? 1 : 0;
  }
}
