/** The time or the reads until a read shows a write. */
export interface Lag {
  /** The time, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds until reads show a write. */
  readonly ms: number;
  /** The number of reads of the value that don't show a write yet. */
  readonly reads: number;
}

interface Pending<T> {
  readonly value: T;
  readonly due: number;
  reads: number;
}

/**
 * A value of the org, with read lag: the service works on the latest value, while reads of clients may show an older one, as
 * on a service with replicas.
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

  /** Returns the value that the service works on. */
  latest(): T {
    return this.#latest;
  }

  /** Returns the value that a client reads now. Counts as a read where the lag is in reads. */
  seen(): T {
    const pending = this.#pending;
    if (pending === undefined) return this.#seen;
    const now = this.#lag.now();
    for (let head = pending[0]; head !== undefined && head.reads <= 0 && head.due <= now; head = pending[0]) {
      this.#seen = head.value;
      pending.shift();
    }
    // A read counts for every pending write.
    for (const one of pending) one.reads -= 1;
    if (pending.length === 0) this.#pending = undefined;
    return this.#seen;
  }

  /** Writes a value as a client does: reads show it after the lag. */
  write(value: T): void {
    this.#latest = value;
    if (this.#lag.ms <= 0 && this.#lag.reads <= 0) {
      this.#seen = value;
      return;
    }
    this.#pending ??= [];
    this.#pending.push({ value, due: this.#lag.now() + this.#lag.ms, reads: this.#lag.reads });
  }

  /** Sets a value behind the client's back: reads show it at once. */
  set(value: T): void {
    this.#latest = value;
    this.#seen = value;
    this.#pending = undefined;
  }
}
