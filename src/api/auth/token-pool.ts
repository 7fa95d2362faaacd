import type { Clock } from "../../core/time/clock.js";
import { orAborted } from "../../core/time/abortable.js";
import { ApiError } from "../errors.js";
import type { Spent } from "../../core/plan/plan.js";
import type { RateWindow, RequestBudget } from "../../core/plan/request-budget.js";
import { newWindow } from "../../core/plan/request-budget.js";
import { ClientBudget, clientWidePerMinute, getShare } from "../rate/client-budget.js";
import type { RateLimitHeaders, RateRefusal } from "../rate/pace.js";
import { Budget } from "../rate/pace.js";
import { maxTokens } from "./connection.js";
import type { TokenSource } from "./tokens.js";
import type { WaitLimit } from "../rate/wait-limit.js";
import { WaitTooLongError } from "../rate/wait-limit.js";
import type { Waits } from "../rate/waits.js";

/** A token with the request budget that is its own. */
interface Slot {
  readonly number: number;
  readonly source: TokenSource;
  readonly budget: Budget;
  /** The requests of this run that it was used for. */
  sent: number;
}

/** The place of one request in a token's budget. */
export interface Lease {
  readonly slot: Slot;
  /** The time when it was given, by the monotonic clock. */
  readonly at: number;
}

/** Shorter waits do not justify another token. */
const worthATokenMs = 2000;

/** Completes "Waiting for ...". */
const budgetWait = "the rate limit of Genesys Cloud";

/** The pause after a token could not be made. */
const restMs = 60_000;

/** The parts of a pool. */
export interface TokenPoolOptions {
  readonly make: () => TokenSource;
  /** The most tokens. Missing: those that help, but no more than a share of the budget of all tokens of the client together. */
  readonly size?: number | undefined;
  readonly clock: Clock;
  /** Told of every wait for budget. */
  readonly waits: Waits;
  /** The requests of an earlier run, which the service may still count. */
  readonly before?: readonly Spent[] | undefined;
}

/**
 * The tokens of one run, each with its own rate limit. The pool begins with one token and makes another when all have used up their
 * budget as the service tells it, in the background and one after the other, as the token endpoint has a limit of its own. A refusal
 * that may be for all tokens together makes no token and stops all.
 */
export class TokenPool {
  readonly #slots: Slot[];
  readonly #make: () => TokenSource;
  readonly #size: number | undefined;
  readonly #clock: Clock;
  readonly #waits: Waits;
  readonly #client: ClientBudget;
  readonly #waiting = new Set<AbortController>();
  #growing: Promise<boolean> | undefined;
  #growAfter = 0;
  /** The limit of one token, as a refusal has told it. */
  #told: number | undefined;

  constructor({ make, size, clock, waits, before }: TokenPoolOptions) {
    this.#make = make;
    this.#size = size;
    this.#clock = clock;
    this.#waits = waits;
    this.#client = new ClientBudget(clock, before);
    this.#slots = [{ number: 1, source: make(), budget: new Budget(clock), sent: 0 }];
  }

  /**
   * Waits for a token with budget and takes a request of it, at once where a token has some.
   *
   * @throws WaitTooLong when the service asks every token to wait for longer than the limit allows
   * @throws the signal's reason when it aborts
   */
  acquire(limit: WaitLimit, signal?: AbortSignal): Lease | Promise<Lease> {
    signal?.throwIfAborted();
    return this.#take(this.#best()) ?? this.#acquireLater(limit, signal);
  }

  /** Takes a request of a token, if it has budget and all tokens together have. */
  #take(slot: Slot | undefined): Lease | undefined {
    if (slot === undefined || this.#client.available() <= 0) return undefined;
    this.#client.spend();
    slot.sent++;
    return { slot, at: slot.budget.spend() };
  }

  async #acquireLater(limit: WaitLimit, signal: AbortSignal | undefined): Promise<Lease> {
    for (;;) {
      signal?.throwIfAborted();
      const slot = this.#best();
      const lease = this.#take(slot);
      if (lease !== undefined) return lease;
      const askedMs = Math.max(
        slot === undefined ? this.#least((budget) => budget.askedMs()) : 0,
        this.#client.askedMs(),
      );
      if (!limit.allows(askedMs)) {
        if (await orAborted(this.#grow(), signal)) continue;
        throw new WaitTooLongError(limit.reason(askedMs));
      }
      const began = this.#clock.monotonic();
      const counts = limit.isThrottled || this.pausedMs() > 0;
      const freeAt = slot === undefined ? this.#least((budget) => budget.availableAt()) : -Infinity;
      const clientMs = this.#client.available() > 0 ? 0 : this.#client.availableAt() - began;
      const waitMs = Math.max(freeAt - began, clientMs);
      if (clientMs <= 0 && waitMs > worthATokenMs && Number.isFinite(waitMs)) void this.#grow();
      await this.#pause(waitMs, signal);
      if (counts) limit.spend(this.#clock.monotonic() - began);
    }
  }

  /** Gives back the place of a request that has ended. @param hasResponse whether the service responded */
  release({ slot }: Lease, hasResponse: boolean): void {
    slot.budget.done(hasResponse);
    this.#wake();
  }

  /** Learns the limit of a token, from the response to a request of its own. @param isRefused for the rate */
  heard({ slot, at }: Lease, limit: RateLimitHeaders, isRefused = false): void {
    slot.budget.heard(limit, at);
    this.#client.heard(limit);
    this.#client.assume(this.#assumed(limit.allowed));
    // Nobody else has a token that this pool made: a higher count than its own is the count of all tokens together.
    if (slot.number > 1 && limit.count > slot.sent) this.#client.learn(limit.allowed);
    else if (!isRefused) this.#client.accepted(limit.count, this.#assumed(limit.allowed));
  }

  /** Notes a refusal for the rate: of a token, or of all tokens of the client together. One that tells neither may be both. */
  refused({ slot }: Lease, { retryMs, limit }: RateRefusal): void {
    const isOfToken = limit === undefined ? slot.budget.isSpent() : limit.of === "token";
    if (limit?.of !== "client") slot.budget.refused(retryMs, limit?.allowed);
    if (limit?.of === "token" && limit.allowed !== undefined) {
      this.#told = limit.allowed;
      this.#client.assume(this.#assumed(limit.allowed));
    }
    if (!isOfToken) this.#client.refused(limit?.allowed, this.#allowed() ?? Infinity, retryMs);
  }

  /** Begins with the limit of all tokens together that an earlier run recorded. */
  expectClientLimit(requests: number): void {
    this.#client.expect(requests);
  }

  /** Returns how long the service asks every token to wait, in milliseconds from now; 0 for no wait. */
  pausedMs(): number {
    return Math.max(
      this.#client.pausedMs(),
      this.#least((budget) => budget.pausedMs()),
    );
  }

  /** Returns the requests that the service allows over all tokens that help; undefined before a response has told a limit. */
  requestBudget(): RequestBudget | undefined {
    const allowed = this.#allowed();
    if (allowed === undefined) return undefined;
    const client = this.#client;
    const windowSeconds = client.windowMs / 1000;
    const made = this.#slots.map(({ budget }) => this.#toWindow(budget, allowed));
    // A login that refuses tokens, or takes long, may give no other.
    const mayGrow = this.#growing === undefined && this.#clock.monotonic() >= this.#growAfter;
    const length = mayGrow ? Math.max(0, this.#most() - made.length) : 0;
    const { endsIn, learnt } = client;
    const unmade = Array.from({ length }, () => newWindow(allowed, endsIn));
    const windows = [...made, ...unmade];
    const isOnly = this.#slots[0]?.source.isOnly === true;
    const helpful = isOnly ? 1 : Math.min(maxTokens, Math.ceil(client.told / allowed));
    const perWindow = Math.min(allowed * windows.length, client.allowed);
    return {
      perMinute: Math.round((perWindow * 60) / windowSeconds),
      limits: [
        { of: "token", windowSeconds, windows, ...(endsIn === undefined ? {} : { endsIn }) },
        client.toLimit(),
      ],
      ...(perWindow < helpful * allowed && (this.#size ?? 0) < helpful
        ? { faster: `GENESYSCLOUD_TOKEN_POOL_SIZE=${helpful}` }
        : {}),
      spent: client.toSpent(),
      ...(learnt === undefined ? {} : { clientLimit: learnt }),
    };
  }

  #toWindow(budget: Budget, allowed: number): RateWindow {
    const seconds = (budget.endsAt() - this.#clock.monotonic()) / 1000;
    const hasBegun = seconds > 0 && seconds < Infinity;
    return hasBegun ? { size: allowed, left: budget.available(), seconds } : { size: allowed, left: allowed };
  }

  /** Returns the requests that one token may make in a window. */
  #allowed(): number | undefined {
    const known = this.#slots.flatMap(({ budget }) => budget.allowed ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  /** Returns the most tokens that help: more would only share the budget of all tokens together. */
  #most(): number {
    const size = this.#size ?? maxTokens;
    const allowed = this.#allowed();
    return allowed === undefined ? size : Math.min(size, Math.ceil(this.#client.allowed / allowed));
  }

  /** Returns the requests of all tokens together in a window until the service tells a lower limit. @param allowed those of one token */
  #assumed(allowed: number): number {
    const share = getShare(allowed);
    return this.#size === undefined || this.#size * allowed <= share ? share : clientWidePerMinute;
  }

  /** Returns the token with the most budget left, so that all windows fill up. */
  #best(): Slot | undefined {
    let best: Slot | undefined;
    let most = 0;
    for (const slot of this.#slots) {
      const available = slot.budget.available();
      if (available > most) [best, most] = [slot, available];
    }
    return best;
  }

  #least(ms: (budget: Budget) => number): number {
    return Math.min(...this.#slots.map(({ budget }) => ms(budget)));
  }

  /** Makes another token, if the pool may have one. @returns whether it was made */
  #grow(): Promise<boolean> {
    if (this.#growing !== undefined) return this.#growing;
    if (this.#client.pausedMs() > 0) return Promise.resolve(false);
    if (this.#slots.length >= this.#most() || this.#clock.monotonic() < this.#growAfter)
      return Promise.resolve(false);
    this.#growing = this.#addToken().finally(() => (this.#growing = undefined));
    return this.#growing;
  }

  async #addToken(): Promise<boolean> {
    try {
      const source = this.#make();
      await source.token();
      this.#slots.push({
        number: this.#slots.length + 1,
        source,
        budget: new Budget(this.#clock, this.#told),
        sent: 0,
      });
      this.#wake();
      return true;
    } catch (error) {
      // The other tokens do the work, only slower. When the client is closed, no call waits.
      if (error instanceof ApiError) this.#growAfter = this.#clock.monotonic() + restMs;
      return false;
    }
  }

  /** Sleeps until the time is over, or a request has ended or a token was added. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    this.#waiting.add(woken);
    try {
      // Without a time to wait for, the end of a request wakes it; checking now and then does no harm.
      const sleepMs = Number.isFinite(ms) ? Math.max(1, ms) : restMs;
      await this.#waits.sleep(budgetWait, sleepMs, woken.signal, signal);
    } catch (error) {
      if (!woken.signal.aborted || signal?.aborted === true) throw error;
    } finally {
      this.#waiting.delete(woken);
    }
  }

  #wake(): void {
    for (const waiting of this.#waiting) waiting.abort(new Error("woken"));
  }
}
