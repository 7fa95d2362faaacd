import { removeAbortListener, addAbortListener } from "../../core/time/abort.js";

/** Lets a number of callers in at once; the others wait in the order in which they came. */
export class Semaphore {
  /** Negative while callers that had left for a time are in beyond the places. */
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Enters, at once where a place is free.
   *
   * @returns undefined for at once
   * @throws the signal's reason when it is aborted, or aborts while waiting
   */
  enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(enter);
        reject(signal?.reason as Error);
      };
      const enter = (): void => {
        if (signal !== undefined) removeAbortListener(signal, stop);
        resolve();
      };
      this.#waiting.add(enter);
      if (signal !== undefined) addAbortListener(signal, stop);
    });
  }

  /**
   * Gives the place to another caller during `work`. Then the caller is in again at once: it has a share of the rate limit, for which
   * those who are in may wait. Until it leaves, one caller less is let in.
   *
   * @throws an error of `work`; then the caller has no place
   */
  async outside(work: () => Promise<void>): Promise<void> {
    this.leave();
    await work();
    this.#free--;
  }

  /** Gives the place to the caller that has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#free < 0) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
