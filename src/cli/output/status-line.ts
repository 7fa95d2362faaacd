import { safeLine } from "../../core/safe-text.js";
import type { ShownWait } from "../../views/apply/wait-lines.js";
import { cutTo } from "../../views/text/wrap.js";
import type { Output } from "../context.js";

/** A command that wrote nothing for this time is silent, in milliseconds. */
const silentMs = 1_000;

/**
 * The last line of a terminal while a command is silent: what it waits for. Other output replaces the line. Of several waits at once,
 * the line shows the first until it ends.
 */
export class StatusLine {
  readonly #terminal: Output;
  readonly #now: () => number;
  #outputAt: number;
  #isShown = false;
  #owner: object | undefined;
  #longWait: string | undefined;

  /** @param now milliseconds since an arbitrary start */
  constructor(terminal: Output, now = (): number => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#outputAt = now();
  }

  /**
   * Shows a wait, unless another one is shown, or other output was written a moment ago.
   *
   * @param owner only this object changes or ends the wait
   */
  show({ text, inProgress }: ShownWait, owner: object): void {
    if ((this.#owner ?? owner) !== owner) return;
    this.#owner = owner;
    this.#longWait = inProgress;
    if (this.#now() - this.#outputAt < silentMs) return;
    const line = cutTo(safeLine(text), (this.#terminal.columns ?? 80) - 1);
    this.#terminal.write(`\r\u001b[K${line}`);
    this.#isShown = true;
  }

  /** Returns the present wait as the end of a line of progress, if it is long: `waiting 5 s for git`. */
  longWait(): string | undefined {
    return this.#longWait;
  }

  /** Ends the wait of this owner. */
  end(owner: object): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    this.#longWait = undefined;
    this.clear();
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#terminal.write("\r\u001b[K");
    this.#isShown = false;
  }

  /** Makes room for other output. */
  beforeOutput(): void {
    this.clear();
    this.#outputAt = this.#now();
  }
}
