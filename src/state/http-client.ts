import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";
import { Agent, EnvHttpProxyAgent, request } from "undici";
import type { Clock } from "../core/clock.js";
import { StateError, systemCode } from "./errors.js";
import type { HttpOptions } from "./http-options.js";
import { shown } from "./http-options.js";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Whether an earlier attempt may have been carried out without its answer reaching us. */
  readonly isRetried: boolean;
}

const timeoutMs = 60_000;

/** Requests to a state server, with Terraform's retries: errors of the server or the connection, a few times. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #clock: Clock;
  #dispatcher: Dispatcher | undefined;

  constructor(options: HttpOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** @throws StateError backend-failed when the server stays unreachable or failing; the signal's reason */
  async send(method: string, address: URL, body?: string, signal?: AbortSignal): Promise<Answer> {
    const { max, minWaitMs, maxWaitMs } = this.#options.retries;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#once(method, address, body, signal);
      if ("answer" in outcome && !isTransient(outcome.answer.status)) {
        return { ...outcome.answer, isRetried: attempt > 0 };
      }
      signal?.throwIfAborted();
      if (attempt >= max) throw failed(method, address, outcome);
      const wait = Math.min(maxWaitMs, minWaitMs * 2 ** attempt);
      await this.#clock.sleep(wait * (0.75 + this.#clock.random() / 4), signal);
    }
  }

  async #once(
    method: string,
    address: URL,
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    this.#dispatcher ??= dispatcherOf(this.#options);
    try {
      const {
        statusCode,
        headers,
        body: stream,
      } = await request(address, {
        dispatcher: this.#dispatcher,
        method,
        headers: this.#headers(body),
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
      const content = Buffer.from(await stream.arrayBuffer());
      const sum = headers["content-md5"];
      if (typeof sum === "string" && sum !== md5(content) && statusCode === 200) {
        return { error: new Error("the answer does not match its Content-MD5") };
      }
      return { answer: { status: statusCode, body: content } };
    } catch (error) {
      return { error };
    }
  }

  #headers(body: string | undefined): Record<string, string> {
    const { credentials } = this.#options;
    const pair = credentials === undefined ? undefined : `${credentials.username}:${credentials.password}`;
    return {
      ...(pair === undefined ? {} : { authorization: `Basic ${Buffer.from(pair).toString("base64")}` }),
      ...(body === undefined ? {} : { "content-type": "application/json", "content-md5": md5(body) }),
    };
  }
}

type Outcome =
  { readonly answer: { readonly status: number; readonly body: Buffer } } | { readonly error: unknown };

/** RFC 1864, as Terraform sends it. It finds damage; it is no protection. */
function md5(content: Buffer | string): string {
  return createHash("md5").update(content).digest("base64");
}

function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

function dispatcherOf({ tls, proxy }: HttpOptions): Dispatcher {
  if (proxy.http === undefined && proxy.https === undefined) return new Agent({ connect: tls });
  return new EnvHttpProxyAgent({
    connect: tls,
    requestTls: tls,
    httpProxy: proxy.http ?? "",
    httpsProxy: proxy.https ?? "",
    noProxy: proxy.none ?? "",
  });
}

function failed(method: string, address: URL, outcome: Outcome): StateError {
  const what =
    "answer" in outcome
      ? `answered ${outcome.answer.status}`
      : `can't be reached (${systemCode(outcome.error) ?? String(outcome.error)})`;
  return new StateError(
    {
      code: "backend-failed",
      location: shown(address),
      detail: `${method} ${shown(address)}: the state server ${what}.`,
      help: "Check the address and the network, or wait until the server is well again, and run the command again.",
    },
    "error" in outcome ? { cause: outcome.error } : {},
  );
}

/** The server answered that it won't. Its own words are left out: they may be a page, or hold what was sent. */
export function refused(method: string, location: string, { status }: Pick<Answer, "status">): StateError {
  const help =
    status === 401 || status === 403
      ? "Check TF_HTTP_USERNAME and TF_HTTP_PASSWORD, and that they may write this state."
      : status === 413
        ? "The state is too large for this server: raise its limit."
        : status >= 300 && status < 400
          ? "Set the address that it has moved to."
          : "Check the addresses and methods of the state backend, and the server's log.";
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${method} ${location}: the state server answered ${status}.`,
    help,
  });
}
