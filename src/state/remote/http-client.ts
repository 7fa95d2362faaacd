import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";
import { Agent, EnvHttpProxyAgent, request } from "undici";
import type { Clock } from "../../core/time/clock.js";
import { decoded } from "../../http/content-encoding.js";
import { basicAuthorization } from "../../http/url-credentials.js";
import { StateError, systemCode } from "../errors.js";
import type { HttpOptions } from "./http-options.js";
import { shown } from "./http-options.js";
import type { ServerTimeOptions } from "./server-time.js";
import { ServerTime, NoResponseError } from "./server-time.js";
import { gathered, maxStateBytes, tooLarge } from "../size-limit.js";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Whether an earlier attempt may have been carried out without its answer reaching us. */
  readonly isRetried: boolean;
}

/** Makes requests to a state server, with Terraform's retries: errors of the server or the connection, a few times. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #clock: Clock;
  readonly #time: ServerTime;
  #dispatcher: Dispatcher | undefined;

  constructor(options: HttpOptions, clock: Clock, time: ServerTimeOptions) {
    this.#options = options;
    this.#clock = clock;
    this.#time = new ServerTime(time, clock);
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @throws StateError backend-failed when the server stays unreachable or failing; state-too-large
   * @throws the signal's reason
   */
  async send(method: string, address: URL, body?: string, signal?: AbortSignal): Promise<Answer> {
    const { max, minWaitMs, maxWaitMs } = this.#options.retries;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#once(method, address, body, signal);
      if ("answer" in outcome && !isTransient(outcome.answer.status)) {
        return { ...outcome.answer, isRetried: attempt > 0 };
      }
      signal?.throwIfAborted();
      if (attempt >= max || this.#time.isStopping) throw failed(method, address, outcome);
      const wait = Math.min(maxWaitMs, minWaitMs * 2 ** attempt);
      await this.#sleep(wait * (0.75 + this.#clock.random() / 4), signal);
    }
  }

  /** After Ctrl-C there is one more try, at once: what was done has to be stored. */
  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { stopping } = this.#time;
    try {
      await this.#clock.sleep(ms, signal === undefined ? stopping : AbortSignal.any([stopping, signal]));
    } catch (error) {
      signal?.throwIfAborted();
      if (!stopping.aborted) throw error;
    }
  }

  async #once(
    method: string,
    address: URL,
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const dispatcher = (this.#dispatcher ??= dispatcherOf(this.#options, this.#time.timeoutMs));
    try {
      return await this.#time.limit(
        async (end) => exchange(dispatcher, method, address, this.#headers(body), body, end),
        signal,
      );
    } catch (error) {
      // What still connects or waits would keep the process from ending.
      this.#dispatcher = undefined;
      await dispatcher.destroy();
      if (error instanceof StateError) throw error;
      return { error };
    }
  }

  #headers(body: string | undefined): Record<string, string> {
    const { credentials } = this.#options;
    return {
      ...(credentials === undefined
        ? {}
        : { authorization: basicAuthorization(credentials.username, credentials.password) }),
      ...(body === undefined ? {} : { "content-type": "application/json", "content-md5": md5(body) }),
    };
  }
}

type Outcome =
  { readonly answer: { readonly status: number; readonly body: Buffer } } | { readonly error: unknown };

/** One request and its response. */
async function exchange(
  dispatcher: Dispatcher,
  method: string,
  address: URL,
  headers: Record<string, string>,
  body: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const options = {
    dispatcher,
    method,
    headers,
    body: body ?? null,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const response = await request(address, options);
  const location = shown(address);
  const source = "The response of the state server";
  if (Number(response.headers["content-length"]) > maxStateBytes) throw tooLarge(location, source);
  const content = await gathered(response.body, location, source);
  const sum = response.headers["content-md5"];
  if (typeof sum === "string" && sum !== md5(content) && response.statusCode === 200) {
    return { error: new Error("the response does not match its Content-MD5") };
  }
  const encoding = response.headers["content-encoding"];
  return { answer: { status: response.statusCode, body: decompressed(content, encoding, location, source) } };
}

/** @throws StateError state-too-large; Error when it is not what the header says */
function decompressed(
  content: Buffer,
  encoding: string | string[] | undefined,
  location: string,
  source: string,
): Buffer {
  try {
    return decoded(content, encoding, maxStateBytes);
  } catch (error) {
    throw systemCode(error) === "ERR_BUFFER_TOO_LARGE" ? tooLarge(location, source) : error;
  }
}

/** RFC 1864, as Terraform sends it. It finds damage; it is no protection. */
function md5(content: Buffer | string): string {
  return createHash("md5").update(content).digest("base64");
}

function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

function dispatcherOf({ tls, proxy }: HttpOptions, timeout: number): Dispatcher {
  const connect = { ...tls, timeout };
  if (proxy.http === undefined && proxy.https === undefined) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    requestTls: connect,
    proxyTls: { timeout },
    httpProxy: proxy.http ?? "",
    httpsProxy: proxy.https ?? "",
    noProxy: proxy.none ?? "",
  });
}

function failed(method: string, address: URL, outcome: Outcome): StateError {
  const what =
    "answer" in outcome
      ? `responded with ${outcome.answer.status}`
      : outcome.error instanceof NoResponseError
        ? `gave ${outcome.error.message}`
        : `can't be reached (${reasonOf(outcome.error)})`;
  return new StateError(
    {
      code: "backend-failed",
      location: shown(address),
      detail: `${method} ${shown(address)}: the state server ${what}.`,
      help: "Check the address and the network, give the server longer with --timeout, or wait until it is well again.",
    },
    "error" in outcome ? { cause: outcome.error } : {},
  );
}

function reasonOf(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : String(error));
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
    detail: `${method} ${location}: the state server responded with ${status}.`,
    help,
  });
}
