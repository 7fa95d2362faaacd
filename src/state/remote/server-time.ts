/*
 * The time that servers may take. Every request has a limit (`--timeout`). After the first Ctrl-C all further requests together have
 * as much once more, so that what was done can be stored; after the second each has a moment.
 */
import type { Clock } from "../../core/time/clock.js";
import { orAborted } from "../../core/time/abortable.js";
import { NetworkError } from "../../http/network-error.js";

/** The limits of requests to a server. */
export interface ServerTimeOptions {
  /** For each request: to connect, and for all of its response. */
  readonly timeoutMs: number;
  /** The first Ctrl-C. */
  readonly stop?: AbortSignal | undefined;
  /** The second. */
  readonly abort?: AbortSignal | undefined;
}

/** A server did not respond in time. The message completes "the server gave ...". */
export class NoResponseError extends NetworkError {
  constructor(reason: string) {
    super("timeout", true, reason);
  }
}

function tooLate(ms: number): NoResponseError {
  return new NoResponseError(`no response within ${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}`);
}

function interrupted(): NoResponseError {
  return new NoResponseError("no response before it was interrupted");
}

/** The time of a request after the second Ctrl-C, and after the first where no other time is left. */
const momentMs = 350;

/** Bounds requests to one server. */
export class ServerTime {
  readonly timeoutMs: number;
  readonly #stop: AbortSignal | undefined;
  readonly #abort: AbortSignal | undefined;
  readonly #clock: Pick<Clock, "monotonic">;
  /** The time that requests have taken since the first Ctrl-C. */
  #spentMs = 0;

  constructor({ timeoutMs, stop, abort }: ServerTimeOptions, clock: Pick<Clock, "monotonic">) {
    this.timeoutMs = timeoutMs;
    this.#stop = stop;
    this.#abort = abort;
    this.#clock = clock;
  }

  /** Set once the user has asked to stop: then nothing is retried. */
  get isStopping(): boolean {
    return this.#stop?.aborted === true || this.#abort?.aborted === true;
  }

  /** Aborts when the user asks to stop. */
  get stopping(): AbortSignal {
    return AbortSignal.any([this.#stop, this.#abort].filter((signal) => signal !== undefined));
  }

  /**
   * Makes a request within the limit.
   *
   * @param work gets a signal that aborts when its time is over
   * @param signal ends it early
   * @throws NoResponseError; the signal's reason
   */
  async limit<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const limitMs = this.#limitMs();
    const late = new AbortController();
    const reason = this.#abort?.aborted === true ? interrupted() : tooLate(limitMs);
    const timers = [
      setTimeout(() => {
        late.abort(reason);
      }, limitMs),
    ];
    const onAbort = (): void => {
      timers.push(
        setTimeout(() => {
          late.abort(interrupted());
        }, momentMs),
      );
    };
    this.#abort?.addEventListener("abort", onAbort);
    const end = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    const wasStopping = this.isStopping;
    const began = this.#clock.monotonic();
    try {
      return await orAborted(work(end), end);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#abort?.removeEventListener("abort", onAbort);
      if (wasStopping) this.#spentMs += this.#clock.monotonic() - began;
    }
  }

  #limitMs(): number {
    if (this.#abort?.aborted === true) return Math.min(this.timeoutMs, momentMs);
    if (!this.isStopping) return this.timeoutMs;
    return Math.max(Math.min(this.timeoutMs, momentMs), this.timeoutMs - this.#spentMs);
  }
}
