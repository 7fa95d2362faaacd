import type { Dispatcher } from "undici";
import { forget, whenAborted } from "../core/time/abort.js";
import { durationOfMs } from "../core/time/duration.js";
import { decoded } from "./content-encoding.js";
import { toNetworkError, NetworkError } from "./network-error.js";
import type { HttpResponse, HttpRequest, Timeouts } from "./transport.js";

export interface ReceiverLimits {
  readonly maxBytes: number;
  readonly timeouts: Timeouts;
  /** The other side, for people. */
  readonly name: string;
}

/** Gathers one answer as undici hands it over. Leaner than undici's `request`, whose body is a stream. */
export class Receiver implements Dispatcher.DispatchHandler {
  readonly #limits: ReceiverLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #secret: string | undefined;
  readonly #resolve: (answer: HttpResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: HttpResponse["headers"] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  settled = false;

  constructor(
    limits: ReceiverLimits,
    { signal, secret }: HttpRequest,
    resolve: (answer: HttpResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#limits = limits;
    this.#signal = signal;
    this.#secret = secret;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal?.aborted === true) {
      this.#onAbort();
      return;
    }
    if (signal !== undefined) whenAborted(signal, this.#onAbort);
    this.#expect(limits.timeouts.readyMs, "no connection");
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
  };

  /** Undici calls this when it is about to write the request to a connection that stands: before it, nothing was sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.settled) controller.abort(new Error("aborted"));
    else this.#expect(this.#limits.timeouts.responseMs, "no response");
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse["headers"],
  ): void {
    if (this.settled) return;
    this.#expect(this.#limits.timeouts.responseMs, "no end of the response");
    this.#status = status;
    this.#headers = headers;
    this.#check(Number(headers["content-length"] ?? 0));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    this.#check(this.#size);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const whole = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#settle();
    try {
      const text = decoded(whole, this.#headers["content-encoding"], this.#limits.maxBytes).toString("utf8");
      this.#resolve({ status: this.#status, headers: this.#headers, text, secret: this.#secret });
    } catch (error) {
      this.#reject(toNetworkError(error, true));
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toNetworkError(error, this.#controller !== undefined));
  }

  /** Waits for the next part of the exchange: one timer, however few bytes come at a time. */
  #expect(ms: number, missing: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const sent = this.#controller !== undefined;
      const reason = `${missing} within ${durationOfMs(ms)}, waiting for ${this.#limits.name}`;
      this.#fail(new NetworkError("timeout", sent, reason));
    }, ms);
  }

  #check(size: number): void {
    const { maxBytes } = this.#limits;
    if (size <= maxBytes || this.settled) return;
    this.#fail(new NetworkError("answer.too.large", true, `the answer is larger than ${maxBytes} bytes`));
  }

  #fail(reason: unknown): void {
    if (this.settled) return;
    this.#settle();
    this.#reject(reason);
    this.#controller?.abort(new Error("given up"));
  }

  #settle(): void {
    this.settled = true;
    clearTimeout(this.#timer);
    if (this.#signal !== undefined) forget(this.#signal, this.#onAbort);
  }
}
