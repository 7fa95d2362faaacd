import { durationOfMs } from "../../core/time/duration.js";

/** The default of `--max-wait`, in milliseconds. */
export const defaultMaxWaitMs = 600_000;

/** Bounds the waits of one call that the service asks for: every single one, and all of them together. */
export class WaitLimit {
  readonly #maxMs: number;
  #spentMs = 0;
  /** Set once the service has refused the call for its rate limit: from then on, every wait counts. */
  isThrottled = false;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** Returns whether the call may wait this long, in milliseconds. */
  allows(ms: number): boolean {
    return this.#spentMs + ms <= this.#maxMs;
  }

  /** Counts a wait that happened, in milliseconds. */
  spend(ms: number): void {
    this.#spentMs += ms;
  }

  /** Returns why a wait is not allowed. @param ms the wait that the service asks for */
  reason(ms: number): string {
    const asked = `the service asks to wait ${durationOfMs(ms)}`;
    const after = this.#spentMs > 0 ? ` after a wait of ${durationOfMs(this.#spentMs)}` : "";
    return `${asked}${after}, and --max-wait allows ${durationOfMs(this.#maxMs)}`;
  }
}

/** A call would have to wait for longer than its limit allows. */
export class WaitTooLongError extends Error {
  override readonly name = "WaitTooLongError";
}
