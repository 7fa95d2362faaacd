import type { OperationName } from "../../api/operations/operations.js";
import type { Json } from "../../core/json/json.js";

/** A request to the emulator. */
export interface LoggedRequest {
  /** 1 for the first. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Parsed where it is JSON, else its text; undefined: none. */
  readonly body: Json | undefined;
  readonly operation: OperationName | "token" | undefined;
  /** The time of arrival: milliseconds of the emulator's clock. */
  readonly at: number;
  /** The status of the response; 0: none (yet). */
  readonly status: number;
  /** The type of the fault that hit the request. */
  readonly fault: string | undefined;
}

/** The newest requests, oldest first. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #limit: number;
  #count = 0;

  /** @param limit the number of requests to keep; 0: none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of requests, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** Logs a request. @returns a function that logs the status of the response */
  add(entry: Omit<LoggedRequest, "number" | "status">): (status: number) => void {
    this.#count += 1;
    if (this.#limit <= 0) return () => undefined;
    const kept = { number: this.#count, ...entry, status: 0 };
    this.entries.push(kept);
    // Many at once: removing the first entry moves all others.
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
