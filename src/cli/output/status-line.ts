import { safeLine } from "../../core/safe-text.js";
import { cutTo } from "../../views/text/wrap.js";
import type { Output } from "../context.js";

/** A command that wrote nothing for this time is silent, in milliseconds. */
const silentMs = 1_000;

/** The last line of a terminal while a command is silent: what it waits for. Other output replaces the line. */
export class StatusLine {
  readonly #terminal: Output;
  readonly #now: () => number;
  #outputAt: number;
  #isShown = false;

  /** @param now milliseconds since an arbitrary start */
  constructor(terminal: Output, now = (): number => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#outputAt = now();
  }

  /** Shows a text, unless other output was written a moment ago. */
  show(text: string): void {
    if (this.#now() - this.#outputAt < silentMs) return;
    const line = cutTo(safeLine(text), (this.#terminal.columns ?? 80) - 1);
    this.#terminal.write(`\r\u001b[K${line}`);
    this.#isShown = true;
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
