import { duration, durationOfMs } from "../../core/time/duration.js";
import type { Wait } from "../../core/time/wait.js";
import type { ProgressOutput } from "./progress.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { wrapped } from "../text/wrap.js";

export interface WaitLinesOptions {
  readonly output: ProgressOutput;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly waiting: () => Wait | undefined;
  /** The last line of the terminal; undefined without one. */
  readonly status?: Status | undefined;
}

/** A wait as the last line of a terminal shows it. */
export interface ShownWait {
  readonly text: string;
  /** The same as the end of a line of progress; undefined for a short wait, which it does not show. */
  readonly inProgress: string | undefined;
}

/** A line that other output replaces. */
interface Status {
  show(wait: ShownWait, owner: object): void;
  end(owner: object): void;
}

/** Waits with an end are shown if they are longer than this, in milliseconds. */
const longWaitMs = 2_000;

/** A missing first response of a host is shown after this time, a later one after `lateMs`, and then at an interval. In milliseconds. */
const firstMs = 1_500;
const lateMs = 10_000;
const againMs = 30_000;

/** A wait whose end changed by less than this is the same wait. In milliseconds. */
const sameEndMs = 2_000;

const stopNow = "press Ctrl-C again to stop now";

/** Shows the long waits of a run: in the last line of a terminal, in logs in a line each. */
export class WaitLines {
  readonly #options: WaitLinesOptions;
  /** The end of the latest wait that was shown, in milliseconds since 1970. */
  #shownUntil = 0;
  /** The waiting time after which a late response is shown next, in milliseconds. */
  #nextMs = 0;
  /** The number of times that the wait was seen. After one time only, this process may have stalled, not the service. */
  #timesSeen = 0;

  constructor(options: WaitLinesOptions) {
    this.#options = options;
  }

  /** Shows the current wait if it is long enough. Called twice a second. */
  tick(): void {
    const wait = this.#options.waiting();
    if (this.#options.status !== undefined) this.#showStatus(wait, this.#options.status);
    else if (wait?.leftMs !== undefined) this.#showEnd(wait.what, wait.sinceMs, wait.leftMs);
    else if (wait !== undefined) this.#showLate(wait);
    else this.#timesSeen = 0;
  }

  /** Ends the line of the present wait. */
  end(): void {
    this.#options.status?.end(this);
  }

  /** Shows how many requests the run finishes after it was asked to stop. */
  finishing(requests: number): void {
    this.#write(`Finishing ${count(requests, "request")}; ${stopNow}.`);
  }

  /** Shows what the run still waits for after it was asked to stop. */
  stopping({ what }: Wait): void {
    this.#write(`Still waiting for ${what}; ${stopNow}.`);
  }

  /** Shows what the run waited for when it was interrupted. */
  interrupted({ what }: Wait): void {
    this.#write(`Interrupted while waiting for ${what}.`);
  }

  #showStatus(wait: Wait | undefined, status: Status): void {
    if (wait === undefined) {
      status.end(this);
      return;
    }
    const { what, sinceMs, leftMs } = wait;
    // In whole seconds: the line changes twice a second.
    const time = duration(leftMs === undefined ? Math.round(sinceMs / 1000) : Math.ceil(leftMs / 1000));
    const [end, more] = leftMs === undefined ? ["so far", ""] : ["left", " more"];
    const isLong = sinceMs + (leftMs ?? 0) > longWaitMs;
    const inProgress = isLong ? `waiting ${time}${more} for ${what}` : undefined;
    status.show({ text: `Waiting for ${what}, ${time} ${end}`, inProgress }, this);
  }

  #showEnd(what: string, sinceMs: number, leftMs: number): void {
    if (sinceMs + leftMs <= longWaitMs) return;
    const until = this.#options.now() + leftMs;
    if (until <= this.#shownUntil + sameEndMs) return;
    this.#shownUntil = until;
    this.#write(`Waiting for ${what}, ${durationOfMs(leftMs)}, until ${toTime(until)}.`);
  }

  #showLate({ what, sinceMs, isFirst }: Wait): void {
    const least = isFirst ? firstMs : lateMs;
    if (sinceMs < least) {
      this.#timesSeen = sinceMs < 500 ? 0 : this.#timesSeen + 1;
      this.#nextMs = least;
      return;
    }
    if (++this.#timesSeen < 2 || sinceMs < this.#nextMs) return;
    this.#nextMs = sinceMs + againMs;
    this.#write(`Waiting for ${what}, ${durationOfMs(sinceMs)} so far.`);
  }

  #write(text: string): void {
    const { output } = this.#options;
    if (output.isTTY !== true) output.write(`${safeLine(text)}\n`);
    else output.write(`\r\u001b[K${wrapped(safeLine(text), "", output.columns ?? 80).join("\n")}\n`);
  }
}

/** `08:15:30 UTC`, with the date where it is another day's wait. */
function toTime(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(11, 19)} UTC` : "further notice";
}
