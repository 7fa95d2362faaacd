import type { Clock } from "../../core/time/clock.js";
import { orAborted } from "../rate/abortable.js";
import { ApiError } from "../errors.js";
import { Budget } from "../rate/pace.js";
import type { TokenSource } from "./tokens.js";
import type { WaitLimit } from "../rate/wait-limit.js";
import { WaitTooLongError } from "../rate/wait-limit.js";
import type { Waits } from "../rate/waits.js";

/** A token with the request budget that is its own. */
interface Slot {
  readonly number: number;
  readonly source: TokenSource;
  readonly budget: Budget;
}

/** A request's place in a token's budget. */
export interface Lease {
  readonly slot: Slot;
  /** When it was given, by the monotonic clock. */
  readonly at: number;
}

/** Shorter waits are no reason to make one more token. */
const worthATokenMs = 1000;

/** As in "Waiting for ...". */
const budgetWait = "the rate limit of Genesys Cloud";

/** After a token could not be made, for as long none is asked for. */
const restMs = 60_000;

/**
 * The tokens of one run, each with its own rate limit. It begins with one; another is made when all others have used up
 * their budget, in the background and one after the other, for the token endpoint has a limit of its own.
 */
export class TokenPool {
  readonly #slots: Slot[];
  readonly #make: () => TokenSource;
  readonly #size: number;
  readonly #clock: Clock;
  readonly #waits: Waits;
  readonly #waiting = new Set<AbortController>();
  #growing: Promise<boolean> | undefined;
  #growAfter = 0;

  /** @param waits told of every wait for budget */
  constructor(make: () => TokenSource, size: number, clock: Clock, waits: Waits) {
    this.#make = make;
    this.#size = size;
    this.#clock = clock;
    this.#waits = waits;
    this.#slots = [{ number: 1, source: make(), budget: new Budget(clock) }];
  }

  /**
   * Waits for a token with budget and takes a request of it.
   *
   * @throws WaitTooLong when the service asks every token to wait for longer than the limit allows
   * @throws the signal's reason when it aborts
   */
  async acquire(limit: WaitLimit, signal?: AbortSignal): Promise<Lease> {
    for (;;) {
      signal?.throwIfAborted();
      const slot = this.#best();
      if (slot !== undefined) return { slot, at: slot.budget.spend() };
      const askedMs = this.#least((budget) => budget.askedMs());
      if (!limit.allows(askedMs)) {
        if (await orAborted(this.#grow(), signal)) continue;
        throw new WaitTooLongError(limit.reason(askedMs));
      }
      const began = this.#clock.monotonic();
      const counts = limit.isThrottled || this.pausedMs() > 0;
      const waitMs = this.#least((budget) => budget.availableAt()) - began;
      if (waitMs > worthATokenMs && Number.isFinite(waitMs)) void this.#grow();
      await this.#pause(waitMs, signal);
      if (counts) limit.spend(this.#clock.monotonic() - began);
    }
  }

  /** A request has ended. */
  release({ slot }: Lease, answered: boolean): void {
    slot.budget.done(answered);
    this.#wake();
  }

  /** How long the service asked to wait, for every token that there is, in milliseconds from now; 0: it did not. */
  pausedMs(): number {
    return this.#least((budget) => budget.pausedMs());
  }

  /** Requests a minute over all tokens that there may be. */
  callsPerMinute(): number | undefined {
    const known = this.#slots.flatMap(({ budget }) => budget.allowed ?? []);
    return known.length === 0 ? undefined : Math.max(...known) * this.#size;
  }

  /** The one with the most left, so that all windows fill up. */
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

  /** Makes one more token, if there may be one. @returns whether there is one more */
  #grow(): Promise<boolean> {
    if (this.#growing !== undefined) return this.#growing;
    if (this.#slots.length >= this.#size || this.#clock.monotonic() < this.#growAfter)
      return Promise.resolve(false);
    this.#growing = this.#addToken().finally(() => (this.#growing = undefined));
    return this.#growing;
  }

  async #addToken(): Promise<boolean> {
    try {
      const source = this.#make();
      await source.token();
      this.#slots.push({ number: this.#slots.length + 1, source, budget: new Budget(this.#clock) });
      this.#wake();
      return true;
    } catch (error) {
      // The tokens that there are do the work, only slower; when the client is closed, nobody waits.
      if (error instanceof ApiError) this.#growAfter = this.#clock.monotonic() + restMs;
      return false;
    }
  }

  /** Until the time is over, or something has changed. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    this.#waiting.add(woken);
    try {
      // Without a time to wait for, an end of a request wakes it; looking again now and then does no harm.
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
