import type { Clock } from "../../../core/time/clock.js";
import type { HttpResponse } from "../../../http/message.js";
import { bodyText, header } from "../../../http/message.js";
import { BodyTooLargeError, NetworkError } from "../../../http/network-error.js";
import { isTransient } from "../../../http/repeat.js";
import { tooLargeError } from "../../size-limit.js";
import { unreachableError } from "../http-client.js";
import type { ServerRequest } from "../server-client.js";
import { ServerClient } from "../server-client.js";
import type { ServerTimeOptions } from "../server-time.js";
import { KeptCredentials } from "./credentials.js";
import { errorCode } from "./s3-errors.js";
import type { S3Options } from "./s3-options.js";
import { signedHeaders } from "./signature.js";

/** A response of the server of the bucket. */
export interface S3Response {
  readonly status: number;
  readonly body: Buffer;
  /** The code of an error, such as `NoSuchKey`. */
  readonly code: string | undefined;
  /** The version of the object; undefined with an error. */
  readonly etag: string | undefined;
  /** The time since the object was written, by the server's clock. Undefined: not told. */
  readonly ageMs: number | undefined;
  /** The region of the bucket, where the request went to another one. */
  readonly region: string | undefined;
}

/** The object that a write may replace: its version; `absent`: none. */
export type Replaceable = { readonly etag: string } | "absent";

/** The clocks of this machine and of the server are further apart than the server accepts. */
const clockCodes: ReadonlySet<string> = new Set(["RequestTimeTooSkewed", "RequestExpired"]);
const expiredCodes: ReadonlySet<string> = new Set(["ExpiredToken", "InvalidToken", "TokenRefreshRequired"]);
/** Errors of the moment, beside those with a status that says so. Source: S3 API Reference, "Error responses". */
const passingCodes: ReadonlySet<string> = new Set([
  "ConditionalRequestConflict",
  "OperationAborted",
  "RequestTimeout",
]);

/** Makes requests for objects of one bucket. */
export class S3Client {
  readonly #options: S3Options;
  readonly #client: ServerClient;
  readonly #clock: Clock;
  readonly #credentials: KeptCredentials;
  /** The time of the server's clock ahead of this machine's. */
  #skewMs = 0;

  /** @param hide is told of every secret, which outputs must not show */
  constructor(
    options: S3Options,
    clock: Clock,
    time: ServerTimeOptions,
    hide: (secrets: readonly string[]) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    const { retries, tls, proxy } = options;
    this.#client = new ServerClient({ retries, tls, proxy, isTransient: mayPass }, clock, time);
    const send = (request: ServerRequest, signal?: AbortSignal): Promise<HttpResponse> =>
      this.#send(
        request,
        request.address.origin,
        `The server of AWS credentials ${request.address.origin}`,
        signal,
      );
    const serverClock = { now: () => clock.now() + this.#skewMs };
    this.#credentials = new KeptCredentials(options.credentials, send, serverClock, hide);
  }

  /** Reads an object. @throws StateError backend-failed, backend-config, state-too-large; the signal's reason */
  async get(key: string, signal?: AbortSignal): Promise<S3Response> {
    return this.#request({ method: "GET", key, headers: {} }, signal);
  }

  /** Writes an object in place of the given version. @throws as `get` */
  async put(key: string, body: string, over: Replaceable, signal?: AbortSignal): Promise<S3Response> {
    const { kmsKeyId } = this.#options;
    const headers = {
      "content-type": "application/json",
      ...(over === "absent" ? { "if-none-match": "*" } : { "if-match": over.etag }),
      ...(kmsKeyId === undefined
        ? {}
        : {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId,
          }),
    };
    return this.#request({ method: "PUT", key, headers, body }, signal);
  }

  /** Deletes an object, with a version only that one. @throws as `get` */
  async remove(key: string, etag?: string, signal?: AbortSignal): Promise<S3Response> {
    const headers: Record<string, string> = etag === undefined ? {} : { "if-match": etag };
    return this.#request({ method: "DELETE", key, headers }, signal);
  }

  async #request(request: KeyRequest, signal: AbortSignal | undefined): Promise<S3Response> {
    const response = await this.#exchange(request, signal);
    const last = this.#hasAdjusted(response) ? await this.#exchange(request, signal) : response;
    return toS3Response(last, this.#options.region);
  }

  async #exchange({ method, key, headers, body }: KeyRequest, signal: AbortSignal | undefined) {
    const { region, bucket } = this.#options;
    const credentials = await this.#credentials.get(signal);
    const address = new URL(`${this.#options.address}/${encodedKey(key)}`);
    const sign = async (): Promise<Record<string, string>> => ({
      ...(await signedHeaders({
        ...{ method, address, headers, body, credentials, region, service: "s3" },
        at: this.#clock.now() + this.#skewMs,
      })),
      // Not signed: proxies may change it.
      ...(method === "GET" ? { "cache-control": "no-cache" } : {}),
    });
    const location = `s3://${bucket}/${key}`;
    const subject = `${method} ${location}: the server ${address.origin}`;
    return this.#send({ method, address, headers: sign, body }, location, subject, signal);
  }

  async #send(
    request: ServerRequest,
    location: string,
    subject: string,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    const { result } = await this.#client.send(request, signal);
    if (result instanceof BodyTooLargeError) throw tooLargeError(location, location);
    if (result instanceof NetworkError || isTransient(result.status))
      throw unreachableError(
        location,
        subject,
        result,
        result instanceof NetworkError ? undefined : codeIn(result),
      );
    return result;
  }

  /** Returns whether the same request may succeed now, with other credentials or another time. */
  #hasAdjusted(response: HttpResponse): boolean {
    if (response.status !== 400 && response.status !== 401 && response.status !== 403) return false;
    const code = errorCode(bodyText(response)) ?? "";
    if (expiredCodes.has(code)) return this.#credentials.drop();
    const date = Date.parse(header(response, "date") ?? "");
    if (!clockCodes.has(code) || Number.isNaN(date)) return false;
    this.#skewMs = date - this.#clock.now();
    return true;
  }
}

interface KeyRequest {
  readonly method: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Returns the code of an error. S3 also sends errors with the status 200, once the response has begun. */
function codeIn({ status, body }: HttpResponse): string | undefined {
  const start = body.subarray(0, 2_000).toString();
  return status >= 300 || /^\s*<(?:\?xml|Error)/.test(start) ? errorCode(start) : undefined;
}

function mayPass(response: HttpResponse): boolean {
  const code = codeIn(response);
  return (
    isTransient(response.status) || (code !== undefined && (response.status < 300 || passingCodes.has(code)))
  );
}

/** @param ownRegion of the request */
function toS3Response(response: HttpResponse, ownRegion: string): S3Response {
  const { status, body } = response;
  const code = codeIn(response);
  const age =
    Date.parse(header(response, "date") ?? "") - Date.parse(header(response, "last-modified") ?? "");
  const region = [301, 307, 400].includes(status) ? regionIn(response) : undefined;
  return {
    ...{ status, body, code },
    etag: code === undefined ? header(response, "etag") : undefined,
    ageMs: Number.isNaN(age) ? undefined : age,
    region: region === ownRegion ? undefined : region,
  };
}

function regionIn(response: HttpResponse): string | undefined {
  return (
    header(response, "x-amz-bucket-region") ?? /<Region>([a-z0-9-]+)<\/Region>/.exec(bodyText(response))?.[1]
  );
}

/** Encodes a key as the path of a URL, everything but letters, digits and `-_.~/`. */
function encodedKey(key: string): string {
  const encode = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return key
    .split("/")
    .map((segment) => encodeURIComponent(segment).replaceAll(/[!'()*]/g, encode))
    .join("/");
}
