/**
 * The request budget of one token.
 *
 * The service counts a token's requests in windows and tells, with each answer, the count, how many are allowed, and the
 * seconds until the window ends, rounded in a way that is not published:
 *
 *     window      |--------------------------------|----------
 *     M           the earliest of (time of an answer + its seconds): the end, if they are rounded up
 *     M + 1 s     the end for sure, if they are rounded down
 *
 * All but one request of the budget may go at once. The last one is kept until M, and then sent alone: its answer tells,
 * by a count that began anew, whether the next window has begun; else that is waited for until M + 1 s. So no second of
 * a window is lost where seconds are rounded up, and nothing is sent too early where they are rounded down.
 */
import type { Clock } from "../../core/time/clock.js";
import type { HttpResponse } from "../../http/message.js";
import { retryAfterMs } from "../../http/retry-after.js";

/** What the service says of a token's rate limit. Source: the headers inin-ratelimit-count, -allowed, -reset. */
export interface RateLimitHeaders {
  readonly count: number;
  readonly allowed: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Waits are longer than asked, by up to this, so that many clients don't come back at the same instant. */
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

/** How much later than M a window may end. */
const roundingMs = 1000;

/** The kept request goes this long after M. */
const probeAfterMs = 20;

/** Budgets below this are used without keeping one back. */
const smallestWithReserve = 20;

/** Requests in flight until the first answer tells the limit. */
const firstInFlight = 10;

export class Budget {
  readonly #clock: Clock;
  #allowed: number | undefined;
  /** Whether the service has answered at all: it may answer without telling a limit. */
  #answered = false;
  /** Requests of this window: our own, and others' as far as the service's count shows them. */
  #used = 0;
  #inFlight = 0;
  /** M. */
  #endsAt = Infinity;
  /** Until when the service asked to wait, and when requests are sent again, a little later. */
  #blockedUntil = -Infinity;
  #resumesAt = -Infinity;
  /** The highest count of this window, and when it was heard. */
  #top: { readonly count: number; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Requests in a window, as the service said; undefined before it said anything. */
  get allowed(): number | undefined {
    return this.#allowed;
  }

  /** Requests that may be sent now. */
  available(): number {
    const now = this.#clock.monotonic();
    if (now < this.#resumesAt) return 0;
    if (this.#allowed === undefined) return this.#answered ? Infinity : firstInFlight - this.#inFlight;
    if (now >= this.#endsAt + roundingMs) this.#begin(Infinity, this.#inFlight);
    const left = this.#allowed - this.#used;
    const reserve = this.#reserve();
    if (left > reserve || reserve === 0) return Math.max(0, left - reserve);
    return left > 0 && this.#inFlight === 0 && now >= this.#endsAt + probeAfterMs ? 1 : 0;
  }

  /**
   * When there will be some again, by the monotonic clock; before that only if a request ends. Infinity: only if one
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

  /** How long no request is sent because the service refused one for its rate limit, in milliseconds from now. */
  pausedMs(): number {
    return Math.max(0, this.#resumesAt - this.#clock.monotonic());
  }

  /**
   * How long the service asks to wait before the next request, in milliseconds from now, without what we add: since a refusal,
   * or until the window ends. 0: it asks for no wait.
   */
  askedMs(): number {
    const now = this.#clock.monotonic();
    if (now < this.#resumesAt) return Math.max(0, this.#blockedUntil - now);
    const isUsedUp = this.available() <= 0;
    return isUsedUp && this.#endsAt !== Infinity ? Math.max(0, this.#endsAt - now) : 0;
  }

  /** A request is sent. @returns when, for `heard` */
  spend(): number {
    this.#used++;
    this.#inFlight++;
    return this.#clock.monotonic();
  }

  /** A request has ended, with an answer or without. */
  done(answered: boolean): void {
    this.#inFlight--;
    this.#answered ||= answered;
    // A window that no answer told the end of can't be waited for.
    const isStuck =
      this.#endsAt === Infinity && this.#inFlight === 0 && this.#used >= (this.#allowed ?? Infinity);
    if (isStuck) this.#used = 0;
  }

  /** The service told the limit in the answer to a request that was sent at `sentAt`. */
  heard({ count, allowed, resetSeconds }: RateLimitHeaders, sentAt: number): void {
    const now = this.#clock.monotonic();
    const endsAt = now + resetSeconds * 1000;
    this.#allowed = allowed;
    if (this.#isNext(count, sentAt, resetSeconds)) this.#begin(endsAt, count + this.#inFlight - 1);
    this.#endsAt = Math.min(this.#endsAt, endsAt);
    // Others may share the token: what the service counted is counted here.
    this.#used = Math.max(this.#used, count);
    if (this.#top === undefined || count > this.#top.count) this.#top = { count, at: now };
  }

  /** The service refused for the rate. Nothing is sent until it said it may, and a little more. */
  refused(retryAfterMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.monotonic() + retryAfterMs);
    this.#resumesAt = Math.max(this.#resumesAt, this.#blockedUntil + jitter(this.#clock));
    // It may send then: what it has counted until now no longer matters.
    this.#endsAt = Math.min(this.#endsAt, this.#resumesAt - roundingMs);
  }

  /**
   * Whether an answer is of a later window: it was sent after a count that is not lower was heard, or when
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
