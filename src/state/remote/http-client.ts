import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import { durationOfMs } from "../../core/time/duration.js";
import type { HttpResponse } from "../../http/message.js";
import { isSuccess } from "../../http/message.js";
import { BodyTooLargeError, NetworkError } from "../../http/network-error.js";
import { md5 } from "../../http/receiver.js";
import { isTransient } from "../../http/repeat.js";
import { retryAfterMs } from "../../http/retry-after.js";
import { basicAuthorization } from "../../http/url-credentials.js";
import { StateError } from "../errors.js";
import { tooLargeError } from "../size-limit.js";
import type { HttpOptions } from "./http-options.js";
import { withoutSecrets } from "./http-options.js";
import { ServerClient } from "./server-client.js";
import type { ServerTimeOptions } from "./server-time.js";
import { NoResponseError } from "./server-time.js";

/** A response of the state server. */
export interface StateResponse {
  readonly status: number;
  readonly body: Buffer;
  /** True if an earlier attempt may have succeeded and its response was lost. */
  readonly isRetried: boolean;
}

/** Makes requests to a state server, with Terraform's retries: a few times after an error of the server or the connection. */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #client: ServerClient;

  constructor(options: HttpOptions, clock: Clock, time: ServerTimeOptions) {
    this.#options = options;
    const { retries, tls, proxies } = options;
    this.#client = new ServerClient({ retries, tls, proxy: ({ origin }) => proxies[origin] }, clock, time);
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @throws StateError backend-failed when the server stays unreachable or failing; state-too-large
   * @throws the signal's reason
   */
  async send(method: string, address: URL, body?: string, signal?: AbortSignal): Promise<StateResponse> {
    const headers = (): Promise<Record<string, string>> => Promise.resolve(this.#headers(body));
    const { result, attempts } = await this.#client.send({ method, address, headers, body }, signal);
    if (result instanceof BodyTooLargeError)
      throw tooLargeError(withoutSecrets(address), "The response of the state server");
    if (result instanceof NetworkError || isTransient(result.status)) throw failed(method, address, result);
    if (isSuccess(result) && isPage(result.body)) throw pageError(method, withoutSecrets(address), result);
    return { status: result.status, body: result.body, isRetried: attempts > 1 };
  }

  #headers(body: string | undefined): Record<string, string> {
    const { credentials } = this.#options;
    return {
      ...(credentials === undefined ? {} : { authorization: basicAuthorization(credentials) }),
      ...(body === undefined
        ? { "cache-control": "no-cache" }
        : { "content-type": "application/json", "content-md5": md5(body) }),
    };
  }
}

/** Returns whether a body is a page, as of a proxy or a server that asks to sign in, and nothing of the protocol. */
function isPage(body: Buffer): boolean {
  return /^\s*</.test(body.subarray(0, 200).toString());
}

function pageError(method: string, location: string, { status }: HttpResponse): StateError {
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${method} ${location}: the state server responded with ${status} and a web page.`,
    help: "Check the addresses of the state backend, and that nothing before the server asks to sign in.",
  });
}

function failed(method: string, address: URL, result: HttpResponse | NetworkError): StateError {
  const location = withoutSecrets(address);
  return unreachableError(location, `${method} ${location}: the state server`, result);
}

/**
 * Returns the error for a server that failed.
 *
 * @param subject of the sentence that tells the problem
 * @param code of the error in the response
 */
export function unreachableError(
  location: string,
  subject: string,
  result: HttpResponse | NetworkError,
  code?: string,
): StateError {
  const problem =
    result instanceof NoResponseError
      ? `gave ${result.message}`
      : result instanceof NetworkError
        ? `can't be reached (${result.message})`
        : `responded with ${result.status}${code === undefined ? "" : ` ${code}`}${askedWait(result)}`;
  return new StateError(
    {
      code: "backend-failed",
      location,
      detail: `${subject} ${problem}.`,
      help: "Check the address and the network, raise --timeout, or wait until the server works again.",
    },
    result instanceof NetworkError ? { cause: result } : {},
  );
}

function askedWait(response: HttpResponse): string {
  const ms = retryAfterMs(response, systemClock) ?? 0;
  return ms > 0 ? ` and asks to wait ${durationOfMs(ms)}` : "";
}

/** Returns the error for a server that refused. The server's own words are left out: they may be a page, or repeat what was sent. */
export function refusedError(
  method: string,
  location: string,
  { status }: Pick<StateResponse, "status">,
): StateError {
  const help =
    status === 401 || status === 403
      ? "Check TF_HTTP_USERNAME and TF_HTTP_PASSWORD, and that this user may write the state."
      : status === 413
        ? "The state is too large for this server: raise its limit."
        : status >= 300 && status < 400
          ? "Set the address that the server redirects to."
          : "Check the addresses and methods of the state backend, and the server's log.";
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${method} ${location}: the state server responded with ${status}.`,
    help,
  });
}
