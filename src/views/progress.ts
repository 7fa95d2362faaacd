import type { EngineEvent } from "../engine/events.js";

export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface ProgressOptions {
  readonly output: ProgressOutput;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type ProgressEvent = Extract<EngineEvent, { type: "phase" | "progress" }>;

const names: Readonly<Record<ProgressEvent["phase"], string>> = {
  resolve: "Looking up users",
  refresh: "Reading",
  apply: "Applying",
  verify: "Reading back",
};

/** On a terminal the line is drawn anew this often; elsewhere a line is written. In milliseconds. */
const every = { terminal: 100, elsewhere: 10_000 };

/** One line that says how far a run is: done of total, how fast, and how long it will still take. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #isTTY: boolean;
  #startedAt = 0;
  #shownAt = 0;
  #isShown = false;

  constructor({ output, now }: ProgressOptions) {
    this.#output = output;
    this.#now = now;
    this.#isTTY = output.isTTY === true;
  }

  onEvent(event: ProgressEvent): void {
    if (event.type === "phase") {
      this.#startedAt = this.#now();
      this.#shownAt = this.#startedAt;
      this.clear();
      return;
    }
    const { phase, done, total } = event;
    const now = this.#now();
    if (this.#startedAt === 0) this.#startedAt = this.#shownAt = now;
    if (now - this.#shownAt < (this.#isTTY ? every.terminal : every.elsewhere)) return;
    this.#shownAt = now;
    this.#show(progressText(names[phase], done, total, now - this.#startedAt));
    if (done === total) this.clear();
  }

  /** Writes a line above the progress. */
  line(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
  }

  clear(): void {
    if (!this.#isShown) return;
    this.#output.write("\r\u001b[K");
    this.#isShown = false;
  }

  #show(text: string): void {
    if (this.#isTTY) {
      this.#output.write(`\r\u001b[K${text}`);
      this.#isShown = true;
    } else this.#output.write(`${text}\n`);
  }
}

function progressText(name: string, done: number, total: number, elapsedMs: number): string {
  const rate = elapsedMs === 0 ? 0 : (done * 1000) / elapsedMs;
  const left = rate === 0 ? "" : `, ${Math.ceil((total - done) / rate)} s left`;
  return `${name}: ${done}/${total}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s${left}`;
}
