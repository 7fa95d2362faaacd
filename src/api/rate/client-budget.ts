import type { RateLimit, RateWindow } from "../../core/plan/request-budget.js";
import type { Spent } from "../../core/plan/plan.js";
import type { Clock } from "../../core/time/clock.js";
import type { RateLimitHeaders } from "./pace.js";
import { lengthened, minuteMs } from "./pace.js";

/** Requests a minute of all tokens of a client together. Source: the vendor's published limits, `org.app.user.rate.per.minute`. */
export const clientWidePerMinute = 3000;

/** The tokens whose requests the limit of all tokens together allows, and the share of them that a run of no given pool size uses. */
const usualTokens = 10;
const usualShare = 1 / 3;

/**
 * Returns the requests of a window that a run keeps to unless the size of its pool is given: it leaves room for other programs of the
 * same client, and for the run that follows.
 *
 * @param allowed the requests of one token
 */
export function getShare(allowed: number): number {
  return Math.min(clientWidePerMinute, Math.round(allowed * usualTokens * usualShare));
}

/** The share of the refused requests of a window that is tried next, where the refusal tells no limit. */
const untoldShare = 0.9;

/** The requests of a part of a window, for estimates and the run that follows. */
const partSize = 50;

/** Requests may take longer to arrive than others that are sent after them. */
const arrivalMs = 1000;

/** A window that ends with a minute and is shorter than this may be a whole one, or the rest of a minute. */
const wholeMinuteMs = minuteMs - 2000;

/** The requests that are kept to find out which: windows of 2 seconds may end with a minute, as far as is known, that many times. */
const probes = 3;

/** No request of a smaller budget is kept. */
const smallestWithProbes = 20;

/**
 * The request budget of all tokens of a client together. No response tells its count, so in any span as long as a window no more
 * requests are sent than are allowed: then no window of the service holds more, whenever it begins.
 */
export class ClientBudget {
  readonly #clock: Clock;
  /** Infinity until a response has told that the service has limits. */
  #allowed = Infinity;
  #told = clientWidePerMinute;
  /** See `RequestBudget.clientLimit`. */
  #learnt: number | null | undefined;
  /** True as long as the limit is one that an earlier run recorded. */
  #isExpected = false;
  /** The length of a window that a response told whole. */
  #windowMs = 0;
  /** True as long as all windows ended with minutes of the service's clock. */
  #isAligned: boolean | undefined;
  /** The longest time from the first request of a window until its end, where the window ended with a minute. */
  #alignedMs = 0;
  #probesLeft = probes;
  /** The latest end of a window, by the monotonic clock. */
  #endsAt = -Infinity;
  /** The end of the wait that the service asks for, and the time a little later when requests are sent again. */
  #askedUntil = -Infinity;
  #resumesAt = -Infinity;
  /** The times of the requests of the last window, oldest first, from `#first` on. */
  #sent: number[] = [];
  #first = 0;

  /** @param before the requests of an earlier run, which the service may still count */
  constructor(clock: Clock, before: readonly Spent[] = []) {
    this.#clock = clock;
    for (const { requests, at } of before) {
      const ageMs = Math.max(0, clock.now() - Date.parse(at));
      const count = Math.min(requests, clientWidePerMinute);
      this.#sent.push(...Array.from({ length: count }, () => clock.monotonic() - ageMs));
    }
  }

  /** The requests allowed in a window; Infinity before a response has told that there is a limit. */
  get allowed(): number {
    return this.#allowed;
  }

  /** The requests that the service allows in a window: the published number, or a lower one that it told. */
  get told(): number {
    return this.#told;
  }

  /** The length of the service's windows, in milliseconds: a minute unless the service tells another. */
  get windowMs(): number {
    return this.#windowMs === 0 ? minuteMs : this.#windowMs;
  }

  /** The seconds until all windows end together; undefined where they do not. */
  get endsIn(): number | undefined {
    const leftMs = this.#endsAt - this.#clock.monotonic();
    return this.#isAligned === true && leftMs > 0 ? leftMs / 1000 : undefined;
  }

  /** See `RequestBudget.clientLimit`. */
  get learnt(): number | null | undefined {
    return this.#learnt;
  }

  /** Returns the number of requests that may be sent now. */
  available(): number {
    if (this.pausedMs() > 0) return 0;
    const left = this.#allowed - this.#kept() - this.count();
    if (left > 0) return left;
    return this.#clock.monotonic() >= this.#probeAt() ? 1 : 0;
  }

  /** Returns when a request may be sent, by the monotonic clock. */
  availableAt(): number {
    const oldest = this.#sent[this.#first + this.count() - this.#allowed + this.#kept()] ?? -Infinity;
    return Math.max(this.#resumesAt, Math.min(oldest + this.#spanMs(), this.#probeAt()));
  }

  /** Returns for how long nothing is sent after a refusal, in milliseconds from now. */
  pausedMs(): number {
    return Math.max(0, this.#resumesAt - this.#clock.monotonic());
  }

  /** Returns how long the service asks to wait after a refusal, in milliseconds from now, without what chatform adds. */
  askedMs(): number {
    return Math.max(0, this.#askedUntil - this.#clock.monotonic());
  }

  /** Counts a request that is sent. */
  spend(): void {
    if (this.count() >= this.#allowed - this.#kept()) this.#probesLeft--;
    this.#sent.push(this.#clock.monotonic());
  }

  /** Begins with the limit that an earlier run recorded. */
  expect(requests: number): void {
    this.#isExpected = true;
    this.#told = Math.min(this.#told, requests);
    this.#allowed = Math.min(this.#allowed, Math.max(this.#told, 1));
  }

  /**
   * Learns how long the service's windows are. The first request of a window tells its length, unless all windows may follow the minutes
   * of the service's clock: then the window may have begun before. A window that is shorter than a minute, and ends with one, may be
   * either: a request that is sent alone after its end tells.
   */
  heard({ count, resetSeconds, isAligned = false }: RateLimitHeaders): void {
    this.#isAligned = isAligned && this.#isAligned !== false;
    this.#endsAt = this.#clock.monotonic() + resetSeconds * 1000;
    if (count !== 1) return;
    const toldMs = Math.ceil(resetSeconds) * 1000;
    if (this.#isAligned) this.#alignedMs = Math.max(this.#alignedMs, toldMs);
    else this.#windowMs = Math.min(minuteMs, Math.max(this.#windowMs, toldMs));
  }

  /** Notes that the service has limits. @param assumed the requests of a window until the service tells a lower number */
  assume(assumed: number): void {
    if (this.#allowed === Infinity) this.#allowed = Math.min(assumed, this.#told);
  }

  /**
   * Notes a refusal for all tokens together.
   *
   * @param told the limit, as the refusal tells it; undefined: what was sent in the last window is too much
   * @param least the requests that are allowed at least, where it tells none
   */
  refused(told: number | undefined, least: number, retryAfterMs: number): void {
    if (told === undefined) this.#limitTo(Math.max(least, Math.floor(this.count() * untoldShare)));
    else this.learn(told);
    this.#askedUntil = Math.max(this.#askedUntil, this.#clock.monotonic() + retryAfterMs);
    this.#resumesAt = Math.max(
      this.#resumesAt,
      this.#clock.monotonic() + lengthened(retryAfterMs, this.#clock),
    );
  }

  /** Notes the limit that the service told. */
  learn(requests: number): void {
    this.#learnt = requests;
    this.#isExpected = false;
    this.#limitTo(requests);
  }

  /** Notes that a request passed. @param count the requests of one token in this window @param assumed see `assume` */
  accepted(count: number, assumed: number): void {
    if (!this.#isExpected || count <= this.#told) return;
    // The limit that an earlier run recorded is no longer one.
    this.#isExpected = false;
    this.#learnt = null;
    this.#told = clientWidePerMinute;
    this.#allowed = assumed;
  }

  #limitTo(requests: number): void {
    this.#allowed = Math.max(1, Math.min(this.#allowed, requests));
    this.#told = Math.min(this.#told, this.#allowed);
  }

  /** Returns the number of requests of the last window. */
  count(): number {
    const since = this.#clock.monotonic() - this.#spanMs();
    while ((this.#sent[this.#first] ?? Infinity) <= since) this.#first++;
    if (this.#first > clientWidePerMinute) {
      this.#sent = this.#sent.slice(this.#first);
      this.#first = 0;
    }
    return this.#sent.length - this.#first;
  }

  /** Returns the limit as an estimate of time counts it: what was sent may be sent again a window later, part by part. */
  toLimit(): RateLimit {
    const count = this.count();
    const left = Math.max(0, this.#allowed - count);
    const windows: RateWindow[] = left > 0 ? [{ size: left, left }] : [];
    for (const { size, last } of this.#parts(this.#allowed)) {
      const endsAt = Math.max(last + this.#spanMs(), this.#resumesAt);
      windows.push({ size, left: 0, seconds: (endsAt - this.#clock.monotonic()) / 1000 });
    }
    return { of: "client", windowSeconds: this.#spanMs() / 1000, windows };
  }

  /** Returns the requests of the last window, for the run that follows. */
  toSpent(): readonly Spent[] {
    const epoch = this.#clock.now() - this.#clock.monotonic();
    return this.#parts(Infinity).map(({ size, last }) => ({
      requests: size,
      at: new Date(epoch + last).toISOString(),
    }));
  }

  /** Returns the requests of the last window in parts, with the time of the last one of each. @param most the latest ones */
  #parts(most: number): readonly { readonly size: number; readonly last: number }[] {
    const count = Math.min(this.count(), most);
    const sent = this.#sent.slice(this.#sent.length - count);
    const parts: { size: number; last: number }[] = [];
    for (let at = 0; at < count; at += partSize) {
      const part = sent.slice(at, at + partSize);
      parts.push({ size: part.length, last: part.at(-1) ?? 0 });
    }
    return parts;
  }

  /** Returns the number of requests that are kept to find out whether windows follow the minutes. */
  #kept(): number {
    const isUnknown = this.#isAligned === true && this.#alignedMs > 0 && this.#alignedMs < wholeMinuteMs;
    return isUnknown && this.#allowed >= smallestWithProbes ? this.#probesLeft : 0;
  }

  /** Returns when a kept request may be sent, by the monotonic clock; Infinity where none is, or one has been sent in this window. */
  #probeAt(): number {
    const at = this.#endsAt + arrivalMs;
    return this.#kept() > 0 && (this.#sent.at(-1) ?? -Infinity) < at ? at : Infinity;
  }

  #spanMs(): number {
    return this.windowMs + arrivalMs;
  }
}
