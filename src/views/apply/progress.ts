import type { EngineEvent } from "../../engine/events.js";
import { duration } from "../../core/time/duration.js";
import type { RequestBudget } from "../../core/plan/request-budget.js";
import { getSeconds } from "../../core/plan/request-budget.js";
import { fasterText } from "../plan/plan-summary.js";
import { number } from "../text/terminal.js";
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
  readonly pace?: Pace;
  /** Returns the present wait, if it is long: `waiting 5 s for ...`. Missing: none is shown. */
  readonly longWait?: (() => string | undefined) | undefined;
}

/** The pace that the service allows. */
export interface Pace {
  /** Returns how much longer the service asked to wait, in milliseconds; 0 if the service did not ask. */
  pausedMs(): number;
  /** Returns the requests that the service allows; undefined before a response has told it. */
  budget(): RequestBudget | undefined;
}

type ProgressEvent = Extract<EngineEvent, { type: "phase" | "progress" }>;

const phaseNames: Readonly<Record<ProgressEvent["phase"], string>> = {
  load: "Reading the config",
  recover: "Recovering creates",
  resolve: "Looking up users",
  refresh: "Reading",
  reread: "Reading missing objects again",
  compare: "Comparing",
  apply: "Applying",
  verify: "Reading back",
};

/** The phases before a plan, whose cost is not shown yet. */
const readingPhases: ReadonlySet<ProgressEvent["phase"]> = new Set(["resolve", "refresh"]);

/** The time until a long phase is told what makes it faster, in milliseconds. */
const hintAfterMs = 10_000;

interface Current {
  readonly event: ProgressEvent;
  readonly startedAt: number;
}

/** Milliseconds between two updates: of the line on a terminal; elsewhere a new line is written. */
const updateInterval = { terminal: 100, elsewhere: 10_000 };

/** A line with the progress of a run: done of total, rate, and time left. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #pace: Pace | undefined;
  readonly #longWait: () => string | undefined;
  readonly #isTTY: boolean;
  #current: Current | undefined;
  #hasHinted = false;
  #shownAt = 0;
  #isShown = false;
  /** Lines that are not written yet. */
  #lines = "";

  constructor({ output, now, pace, longWait = () => undefined }: ProgressOptions) {
    this.#output = output;
    this.#now = now;
    this.#pace = pace;
    this.#longWait = longWait;
    this.#isTTY = output.isTTY === true;
  }

  onEvent(event: ProgressEvent): void {
    const now = this.#now();
    const isNew = this.#current?.event.phase !== event.phase;
    const startedAt = isNew ? now : (this.#current?.startedAt ?? now);
    this.#current = { event, startedAt };
    // A line on the screen is replaced at once.
    if (isNew) this.#shownAt = this.#isShown ? 0 : now;
    this.#update(now);
    if (event.type === "progress" && event.done === event.total) {
      this.#current = undefined;
      this.clear();
    }
  }

  /** Writes the lines above, and updates the line if it is time. Called at an interval, so that waits show too. */
  tick(): void {
    if (this.#lines !== "") this.clear();
    this.#update(this.#now());
  }

  #update(now: number): void {
    if (this.#current === undefined) return;
    this.#hint(this.#current, now);
    if (now - this.#shownAt < (this.#isTTY ? updateInterval.terminal : updateInterval.elsewhere)) return;
    this.#shownAt = now;
    const { event, startedAt } = this.#current;
    const done = event.type === "progress" ? event.done : 0;
    const pausedMs = this.#pace?.pausedMs() ?? 0;
    const times = { elapsedMs: now - startedAt, pausedMs, longWait: this.#longWait() };
    this.#show(progressText(phaseNames[event.phase], done, event.total, times));
  }

  /**
   * Adds a line above the progress line. The lines until the next tick share a write: thousands of changes may begin or end by then.
   *
   * @param text ends with a line feed
   */
  line(text: string): void {
    this.#lines += text;
  }

  /** Writes the lines at the end of this turn of the event loop. */
  writeSoon(): void {
    setImmediate(() => {
      if (this.#lines !== "") this.clear();
    });
  }

  /** Removes the line from a terminal, and writes the lines above it. */
  clear(): void {
    const text = (this.#isShown ? "\r\u001b[K" : "") + this.#lines;
    this.#isShown = false;
    this.#lines = "";
    if (text !== "") this.#output.write(text);
  }

  /** Tells once which setting makes the reading faster, if it takes long. */
  #hint({ event, startedAt }: Current, now: number): void {
    if (this.#hasHinted || event.type === "phase" || !readingPhases.has(event.phase)) return;
    if (now - startedAt < hintAfterMs) return;
    this.#hasHinted = true;
    const budget = this.#pace?.budget();
    if (budget === undefined) return;
    const seconds = Math.ceil(getSeconds(event.total - event.done, budget));
    const faster = fasterText(seconds, budget.faster);
    if (faster === "") return;
    const rate = number(budget.perMinute);
    this.line(
      `${phaseNames[event.phase]} takes ${duration(seconds)} more at ${rate} requests a minute.${faster}\n`,
    );
  }

  #show(text: string): void {
    if (this.#lines !== "") this.clear();
    if (this.#isTTY) {
      // A line that the terminal breaks in two could not be removed.
      this.#output.write(`\r\u001b[K${cutTo(text, (this.#output.columns ?? 80) - 1)}`);
      this.#isShown = true;
    } else this.#output.write(`${text}\n`);
  }
}

/** Shorter waits are normal pacing and not shown. In milliseconds. */
const longPauseMs = 5000;

interface ProgressTimes {
  readonly elapsedMs: number;
  readonly pausedMs: number;
  readonly longWait: string | undefined;
}

function progressText(
  name: string,
  done: number,
  total: number,
  { elapsedMs, pausedMs, longWait }: ProgressTimes,
): string {
  const counts = `${number(done)}/${number(total)}`;
  if (longWait !== undefined) return `${name}: ${total === 0 ? "" : `${counts}, `}${longWait}`;
  if (total === 0) return `${name}: ${duration(Math.round(elapsedMs / 1000))} so far`;
  const rate = elapsedMs === 0 ? 0 : (done * 1000) / elapsedMs;
  if (pausedMs > longPauseMs)
    return `${name}: ${counts}, the service asks to wait ${duration(Math.ceil(pausedMs / 1000))}`;
  if (rate === 0) return `${name}: ${counts}, ${duration(Math.round(elapsedMs / 1000))} so far`;
  const left = duration(Math.ceil((total - done) / rate));
  return `${name}: ${counts}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s, ${left} left`;
}
