import type { Clock } from "../core/clock.js";
import { sleepUntilAny } from "./clock.js";
import { ApiError } from "./errors.js";
import { Budget } from "./pace.js";
import type { TokenSource } from "./tokens.js";

/** A token with the request budget that is its own. */
interface Slot {
  readonly number: number;
  readonly source: TokenSource;
  readonly budget: Budget;
}

/** A request's place in a token's budget. */
export interface Lease {
  readonly slot: Slot;
  /** When it was given, in milliseconds of the clock. */
  readonly at: number;
}

/** Shorter waits are no reason to make one more token. */
const worthATokenMs = 1000;

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
  readonly #waiting = new Set<AbortController>();
  #growing = false;
  #growAfter = 0;

  constructor(make: () => TokenSource, size: number, clock: Clock) {
    this.#make = make;
    this.#size = size;
    this.#clock = clock;
    this.#slots = [{ number: 1, source: make(), budget: new Budget(clock) }];
  }

  /**
   * Waits for a token with budget and takes a request of it.
   *
   * @throws the signal's reason when it aborts
   */
  async acquire(signal?: AbortSignal): Promise<Lease> {
    for (;;) {
      signal?.throwIfAborted();
      const slot = this.#best();
      if (slot !== undefined) return { slot, at: slot.budget.spend() };
      const at = Math.min(...this.#slots.map(({ budget }) => budget.availableAt()));
      const waitMs = at - this.#clock.now();
      if (waitMs > worthATokenMs && Number.isFinite(waitMs)) void this.#grow();
      await this.#pause(waitMs, signal);
    }
  }

  /** A request has ended. */
  release({ slot }: Lease, answered: boolean): void {
    slot.budget.done(answered);
    this.#wake();
  }

  /** How long the service asked to wait, for every token that there is, in milliseconds from now; 0: it did not. */
  pausedMs(): number {
    return Math.min(...this.#slots.map(({ budget }) => budget.pausedMs()));
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

  async #grow(): Promise<void> {
    if (this.#growing || this.#slots.length >= this.#size || this.#clock.now() < this.#growAfter) return;
    this.#growing = true;
    try {
      const source = this.#make();
      await source.token();
      this.#slots.push({ number: this.#slots.length + 1, source, budget: new Budget(this.#clock) });
      this.#wake();
    } catch (error) {
      // The tokens that there are do the work, only slower; when the client is closed, nobody waits.
      if (error instanceof ApiError) this.#growAfter = this.#clock.now() + restMs;
    } finally {
      this.#growing = false;
    }
  }

  /** Until the time is over, or something has changed. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    this.#waiting.add(woken);
    try {
      const signals = signal === undefined ? [woken.signal] : [woken.signal, signal];
      // Without a time to wait for, an end of a request wakes it; looking again now and then does no harm.
      await sleepUntilAny(this.#clock, Number.isFinite(ms) ? Math.max(1, ms) : restMs, signals);
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
