import { durationOfMs } from "../../core/time/duration.js";

/** Where nothing else is said: `--max-wait`. In milliseconds. */
export const defaultMaxWaitMs = 600_000;

/** How long the service may keep one call waiting: every single wait, and all of its waits together. */
export class WaitLimit {
  readonly #maxMs: number;
  #spentMs = 0;
  /** Whether the service has refused the call for its rate limit: from then on, every wait counts. */
  isThrottled = false;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** Whether the call may wait for so long, in milliseconds. */
  allows(ms: number): boolean {
    return this.#spentMs + ms <= this.#maxMs;
  }

  /** Counts a wait that happened, in milliseconds. */
  spend(ms: number): void {
    this.#spentMs += ms;
  }

  /** Says why a wait is not allowed. @param ms how long the service asked to wait */
  reason(ms: number): string {
    const asked = `the service asks to wait ${durationOfMs(ms)}`;
    const after = this.#spentMs > 0 ? ` after a wait of ${durationOfMs(this.#spentMs)}` : "";
    return `${asked}${after}, and --max-wait allows ${durationOfMs(this.#maxMs)}`;
  }
}

/** A call would have to wait for longer than its limit allows. */
export class WaitTooLongError extends Error {
  override readonly name = "WaitTooLong";
}
