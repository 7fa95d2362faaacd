import { systemClock } from "../../core/time/clock.js";
import type { Wait } from "../../core/time/wait.js";
import type { Context } from "../context.js";
import type { WaitWatch } from "../session/watch-waits.js";
import { watchWaits } from "../session/watch-waits.js";
import type { Notifier } from "./notifier.js";

/** Shows on stderr when a command waits for the receivers of its notifications. */
export class NotifierWaits {
  readonly #context: Context;
  /** The start of each notification, oldest first, in milliseconds of the monotonic clock. */
  readonly #begun = new Map<Notifier, number>();
  #watch: WaitWatch | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @throws what `send` throws */
  async during(notifier: Notifier, send: () => Promise<void>): Promise<void> {
    this.#begun.set(notifier, systemClock.monotonic());
    this.#watch ??= watchWaits(() => this.#waiting(), this.#context);
    try {
      await send();
    } finally {
      this.#begun.delete(notifier);
      if (this.#begun.size === 0) this.#endWatch();
    }
  }

  #endWatch(): void {
    this.#watch?.end();
    this.#watch = undefined;
  }

  #waiting(): Wait | undefined {
    const [oldest] = this.#begun;
    if (oldest === undefined) return undefined;
    const [{ name }, at] = oldest;
    return { what: `a response from ${name}`, sinceMs: systemClock.monotonic() - at, isFirst: true };
  }
}
