import type { OperationName } from "../../api/operations/operations.js";
import type { Json } from "../../core/json/json.js";

/** A request that the emulator got. */
export interface LoggedRequest {
  /** 1 for the first. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Parsed where it is JSON, else its text; undefined: none. */
  readonly body: Json | undefined;
  readonly operation: OperationName | "token" | undefined;
  /** When it came: milliseconds of the emulator's clock. */
  readonly at: number;
  /** What was answered; 0: no answer (yet). */
  readonly status: number;
  /** The fault that hit it. */
  readonly fault: string | undefined;
}

/** The newest requests, oldest first. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #limit: number;
  #count = 0;

  /** @param limit how many to keep; 0: none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many requests there were, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** Notes a request; the returned function notes its answer. */
  add(entry: Omit<LoggedRequest, "number" | "status">): (status: number) => void {
    this.#count += 1;
    if (this.#limit <= 0) return () => undefined;
    const kept = { number: this.#count, ...entry, status: 0 };
    this.entries.push(kept);
    // In one go, now and then: taking one from the front each time moves all of them.
    if (this.entries.length > this.#limit * 2) this.entries.splice(0, this.entries.length - this.#limit);
    return (status) => {
      kept.status = status;
    };
  }

  clear(): void {
    this.entries.length = 0;
    this.#count = 0;
  }
}
