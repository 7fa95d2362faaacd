import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";
import { removeAbortListener, addAbortListener } from "../core/time/abort.js";
import { durationOfMs } from "../core/time/duration.js";
import { decompressed } from "./content-encoding.js";
import type { HttpRequest, HttpResponse } from "./message.js";
import { BodyTooLargeError, NetworkError, toNetworkError } from "./network-error.js";

/** The limits of one request. */
export interface ReceiverLimits {
  readonly maxBytes: number;
  readonly timeouts: Timeouts;
  /** The server's name, for people. */
  readonly name: string;
}

/** The limits of the parts of a request, in milliseconds. */
export interface Timeouts {
  /** For one TCP connection, and for one TLS handshake. */
  readonly connectMs: number;
  /** Until the request can be sent: a proxy's own connection and its response to CONNECT too. */
  readonly readyMs: number;
  /** From the request to the response's headers; then for the rest of the response. */
  readonly responseMs: number;
}

/** Gathers one response as undici delivers it. Leaner than undici's `request`, whose body is a stream. */
export class Receiver implements Dispatcher.DispatchHandler {
  readonly #limits: ReceiverLimits;
  /** Ends the request now; `#untilDone` does once it is sent. */
  #signal: AbortSignal | undefined;
  readonly #untilDone: AbortSignal | undefined;
  readonly #secret: string | undefined;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: HttpResponse["headers"] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The part of the exchange that is waited for, the time that it may take, and when that time ends. */
  #missing = "";
  #expectedMs = 0;
  #expectedBy = 0;
  isDone = false;

  constructor(
    limits: ReceiverLimits,
    { signal, untilSent, secret }: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#limits = limits;
    this.#untilDone = signal;
    this.#secret = secret;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#listen(untilSent ?? signal);
    if (!this.isDone) this.#expect("no connection", limits.timeouts.readyMs);
  }

  /** Lets a signal end the request, in place of the one before. */
  #listen(signal: AbortSignal | undefined): void {
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#onAbort);
    this.#signal = signal;
    if (signal?.aborted === true) this.#onAbort();
    else if (signal !== undefined) addAbortListener(signal, this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
  };

  /** Called by undici when it is about to write the request to an open connection: before it, nothing was sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.isDone && this.#signal !== this.#untilDone) this.#listen(this.#untilDone);
    this.#controller = controller;
    if (this.isDone) controller.abort(new Error("aborted"));
    else this.#expect("no response", this.#limits.timeouts.responseMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse["headers"],
  ): void {
    if (this.isDone) return;
    this.#expect("no end of the response", this.#limits.timeouts.responseMs);
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
    const received = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#finish();
    try {
      const body = this.#bodyIn(received);
      this.#resolve({ status: this.#status, headers: this.#headers, body, secret: this.#secret });
    } catch (error) {
      this.#reject(error instanceof NetworkError ? error : toNetworkError(error, true));
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toNetworkError(error, this.#controller !== undefined));
  }

  /** Decompresses the body. @throws NetworkError for one that is damaged, or too large */
  #bodyIn(received: Buffer): Buffer {
    const sum = this.#headers["content-md5"];
    if (typeof sum === "string" && this.#status === 200 && sum !== md5(received))
      throw new NetworkError("connection.failed", true, "the response does not match its Content-MD5");
    try {
      return decompressed(received, this.#headers["content-encoding"], this.#limits.maxBytes);
    } catch (error) {
      const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      throw isTooLarge ? new BodyTooLargeError(this.#limits.maxBytes) : error;
    }
  }

  /**
   * Waits for the next part of the exchange, however slowly its bytes come. One timer serves all parts, as most end long before: the
   * first part takes no longer than the others.
   */
  #expect(missing: string, ms: number): void {
    this.#missing = missing;
    this.#expectedMs = ms;
    this.#expectedBy = performance.now() + ms;
    this.#timer ??= setTimeout(this.#onTimer, ms);
  }

  readonly #onTimer = (): void => {
    const leftMs = this.#expectedBy - performance.now();
    if (leftMs > 0) {
      this.#timer = setTimeout(this.#onTimer, leftMs);
      return;
    }
    const reason = `${this.#missing} within ${durationOfMs(this.#expectedMs)}, waiting for ${this.#limits.name}`;
    this.#fail(new NetworkError("timeout", this.#controller !== undefined, reason));
  };

  #check(size: number): void {
    if (size > this.#limits.maxBytes) this.#fail(new BodyTooLargeError(this.#limits.maxBytes));
  }

  #fail(reason: unknown): void {
    if (this.isDone) return;
    this.#finish();
    this.#reject(reason);
    this.#controller?.abort(new Error("given up"));
  }

  #finish(): void {
    this.isDone = true;
    clearTimeout(this.#timer);
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#onAbort);
  }
}

/** Returns the value of Content-MD5: it finds damage, and protects against nothing. Source: RFC 1864. */
export function md5(content: Buffer | string): string {
  return createHash("md5").update(content).digest("base64");
}
