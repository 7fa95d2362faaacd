import type { EngineEvent } from "../../engine/events.js";
import { duration } from "../../core/time/duration.js";
import { cutTo } from "../text/wrap.js";

export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly output: ProgressOutput;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Returns how much longer the service asked to wait, in milliseconds; 0 if the service did not ask. */
  readonly pausedMs?: () => number;
}

type ProgressEvent = Extract<EngineEvent, { type: "phase" | "progress" }>;

const phaseNames: Readonly<Record<ProgressEvent["phase"], string>> = {
  resolve: "Looking up users",
  refresh: "Reading",
  apply: "Applying",
  verify: "Reading back",
};

/** Milliseconds between two updates: of the line on a terminal; elsewhere a new line is written. */
const updateInterval = { terminal: 100, elsewhere: 10_000 };

/** A line with the progress of a run: done of total, rate, and time left. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #pausedMs: () => number;
  readonly #isTTY: boolean;
  #current: { readonly event: ProgressEvent; readonly startedAt: number } | undefined;
  #shownAt = 0;
  #isShown = false;

  constructor({ output, now, pausedMs = () => 0 }: ProgressOptions) {
    this.#output = output;
    this.#now = now;
    this.#pausedMs = pausedMs;
    this.#isTTY = output.isTTY === true;
  }

  onEvent(event: ProgressEvent): void {
    const now = this.#now();
    const isNew = event.type === "phase" || this.#current?.event.phase !== event.phase;
    const startedAt = isNew ? now : (this.#current?.startedAt ?? now);
    this.#current = { event, startedAt };
    if (isNew) {
      this.#shownAt = now;
      this.clear();
    }
    this.tick();
    if (event.type === "progress" && event.done === event.total) {
      this.#current = undefined;
      this.clear();
    }
  }

  /** Updates the line if it is time. Called at an interval, so that waits show too. */
  tick(): void {
    const now = this.#now();
    if (this.#current === undefined) return;
    if (now - this.#shownAt < (this.#isTTY ? updateInterval.terminal : updateInterval.elsewhere)) return;
    this.#shownAt = now;
    const { event, startedAt } = this.#current;
    const done = event.type === "progress" ? event.done : 0;
    const times = { elapsedMs: now - startedAt, pausedMs: this.#pausedMs() };
    this.#show(progressText(phaseNames[event.phase], done, event.total, times));
  }

  /** Writes a line above the progress line. @param text ends with a line feed */
  line(text: string): void {
    this.clear();
    this.#output.write(text);
  }

  /** Removes the line from a terminal. */
  clear(): void {
    if (!this.#isShown) return;
    this.#output.write("\r\u001b[K");
    this.#isShown = false;
  }

  #show(text: string): void {
    if (this.#isTTY) {
      // A line that the terminal breaks in two could not be removed.
      this.#output.write(`\r\u001b[K${cutTo(text, (this.#output.columns ?? 80) - 1)}`);
      this.#isShown = true;
    } else this.#output.write(`${text}\n`);
  }
}

/** Shorter waits are normal pacing and not shown. In milliseconds. */
const longPauseMs = 5000;

function progressText(
  name: string,
  done: number,
  total: number,
  { elapsedMs, pausedMs }: { readonly elapsedMs: number; readonly pausedMs: number },
): string {
  const rate = elapsedMs === 0 ? 0 : (done * 1000) / elapsedMs;
  const counts = `${done.toLocaleString("en-US")}/${total.toLocaleString("en-US")}`;
  if (pausedMs > longPauseMs)
    return `${name}: ${counts}, the service asks to wait ${duration(Math.ceil(pausedMs / 1000))}`;
  if (rate === 0) return `${name}: ${counts}, ${duration(Math.round(elapsedMs / 1000))} so far`;
  const left = duration(Math.ceil((total - done) / rate));
  return `${name}: ${counts}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s, ${left} left`;
}
