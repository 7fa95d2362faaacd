import { durationOfMs } from "../../core/time/duration.js";
import type { Wait } from "../../core/time/wait.js";
import type { ProgressOutput } from "./progress.js";
import { safeLine } from "../../core/safe-text.js";

export interface WaitLinesOptions {
  readonly output: ProgressOutput;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly waiting: () => Wait | undefined;
}

/** Waits with an end are told of when they last longer than this, in milliseconds. */
const longWaitMs = 2_000;

/** The first response of a host is told of when it is awaited for this long, a later one after `lateMs`, and again at an interval. */
const firstMs = 1_500;
const lateMs = 10_000;
const againMs = 30_000;

/** A wait whose end moved by less than this is still the same wait. */
const sameEndMs = 2_000;

/** Tells in a line of its own what a run waits for, once for each wait that lasts: on a terminal and in logs. */
export class WaitLines {
  readonly #options: WaitLinesOptions;
  /** The end of the latest wait that was told of, in milliseconds since 1970. */
  #toldUntil = 0;
  /** When a late response is told of next, by how long it has been awaited. */
  #nextMs = 0;
  /** Looks at the same silence: a stalled process of ours must not be taken for a service that is silent. */
  #looks = 0;

  constructor(options: WaitLinesOptions) {
    this.#options = options;
  }

  /** Looks whether there is something to tell: to be called twice a second. */
  tick(): void {
    const wait = this.#options.waiting();
    if (wait?.leftMs !== undefined) this.#tellEnd(wait.what, wait.sinceMs, wait.leftMs);
    else if (wait !== undefined) this.#tellLate(wait);
    else this.#looks = 0;
  }

  /** Tells what the run still waits for after it was asked to stop. @param wait as it was a moment before, too */
  stopping({ what }: Wait): void {
    this.#write(`Stopping. Still waiting for ${what}. To stop at once, interrupt again.`);
  }

  /** Tells what the run waited for when it was interrupted. */
  interrupted({ what }: Wait): void {
    this.#write(`Interrupted while waiting for ${what}.`);
  }

  #tellEnd(what: string, sinceMs: number, leftMs: number): void {
    if (sinceMs + leftMs <= longWaitMs) return;
    const until = this.#options.now() + leftMs;
    if (until <= this.#toldUntil + sameEndMs) return;
    this.#toldUntil = until;
    this.#write(`Waiting for ${what}, ${durationOfMs(leftMs)}, until ${timeOf(until)}.`);
  }

  #tellLate({ what, sinceMs, isFirst }: Wait): void {
    const least = isFirst ? firstMs : lateMs;
    if (sinceMs < least) {
      this.#looks = sinceMs < 500 ? 0 : this.#looks + 1;
      this.#nextMs = least;
      return;
    }
    if (++this.#looks < 2 || sinceMs < this.#nextMs) return;
    this.#nextMs = sinceMs + againMs;
    this.#write(`Waiting for ${what}, ${durationOfMs(sinceMs)} so far.`);
  }

  #write(text: string): void {
    const { output } = this.#options;
    output.write(`${output.isTTY === true ? "\r\u001b[K" : ""}${safeLine(text)}\n`);
  }
}

/** `08:15:30 UTC`, with the date where it is another day's wait. */
function timeOf(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(11, 19)} UTC` : "further notice";
}
