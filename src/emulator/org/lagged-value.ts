/** How long a read goes on showing what was there before a write. */
export interface Lag {
  /** The time, in milliseconds. */
  readonly now: () => number;
  /** A write is seen so many milliseconds later. */
  readonly ms: number;
  /** A write is seen after so many reads of the thing that it changed. */
  readonly reads: number;
}

interface Pending<T> {
  readonly value: T;
  readonly due: number;
  reads: number;
}

/**
 * A value of the org, with read lag: the service's own logic works on the latest value, while what a client reads may
 * trail behind its writes, as on a service with replicas.
 */
export class LaggedValue<T> {
  readonly #lag: Lag;
  #latest: T;
  #seen: T;
  #pending: Pending<T>[] | undefined;

  constructor(value: T, lag: Lag) {
    this.#latest = value;
    this.#seen = value;
    this.#lag = lag;
  }

  /** The value that the service works on. */
  latest(): T {
    return this.#latest;
  }

  /** The value that a client reads now. Counts as a read where the lag is in reads. */
  seen(): T {
    const pending = this.#pending;
    if (pending === undefined) return this.#seen;
    const now = this.#lag.now();
    for (let head = pending[0]; head !== undefined && head.reads <= 0 && head.due <= now; head = pending[0]) {
      this.#seen = head.value;
      pending.shift();
    }
    // Each write lags by itself: a read counts for all of them.
    for (const one of pending) one.reads -= 1;
    if (pending.length === 0) this.#pending = undefined;
    return this.#seen;
  }

  /** A client's write. */
  write(value: T): void {
    this.#latest = value;
    if (this.#lag.ms <= 0 && this.#lag.reads <= 0) {
      this.#seen = value;
      return;
    }
    this.#pending ??= [];
    this.#pending.push({ value, due: this.#lag.now() + this.#lag.ms, reads: this.#lag.reads });
  }

  /** A change behind the client's back: seen at once. */
  set(value: T): void {
    this.#latest = value;
    this.#seen = value;
    this.#pending = undefined;
  }
}
