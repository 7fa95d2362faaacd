import type { Clock } from "../../core/time/clock.js";
import type { Wait } from "../../core/time/wait.js";
import { sleepUntilAny } from "../../core/time/abortable.js";

interface Entry {
  readonly what: string;
  readonly beganAt: number;
  /** By the monotonic clock; undefined where a response ends it. */
  readonly until: number | undefined;
}

/** Keeps track of everything that a client waits for, to show it to a person. */
export class Waits {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  /** The responses that have come at least once, by name. */
  readonly #came = new Set<string>();
  #activeAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a response. @param what completes "Waiting for ..." */
  async forResponse<T>(what: string, response: () => Promise<T>): Promise<T> {
    const entry = { what, beganAt: this.#clock.monotonic(), until: undefined };
    this.#entries.add(entry);
    try {
      const result = await response();
      this.#came.add(what);
      this.#activeAt = this.#clock.monotonic();
      return result;
    } finally {
      this.#entries.delete(entry);
    }
  }

  /** Sleeps. @param what completes "Waiting for ..." @throws the reason of the first of these signals that aborts */
  async sleep(what: string, ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    const beganAt = this.#clock.monotonic();
    const entry = { what, beganAt, until: beganAt + ms };
    const given = signals.filter((signal) => signal !== undefined);
    this.#entries.add(entry);
    try {
      await sleepUntilAny(this.#clock, ms, given);
    } finally {
      this.#entries.delete(entry);
    }
  }

  /**
   * Returns the current wait: for a response if a request is in flight, otherwise the sleep that ends first; undefined where there is
   * none.
   */
  current(): Wait | undefined {
    const now = this.#clock.monotonic();
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.until === undefined) {
        const { what, beganAt } = entry;
        return { what, sinceMs: now - Math.max(beganAt, this.#activeAt), isFirst: !this.#came.has(what) };
      }
      if (first?.until === undefined || entry.until < first.until) first = entry;
    }
    if (first?.until === undefined) return undefined;
    const { what, beganAt, until } = first;
    return { what, sinceMs: now - beganAt, leftMs: Math.max(0, until - now), isFirst: false };
  }
}
