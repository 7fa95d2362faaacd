import type { Clock } from "../../../core/time/clock.js";
import { toJsonObject } from "../../../core/json/json-object.js";
import type { HttpResponse } from "../../../http/message.js";
import type { ServerRequest } from "../server-client.js";
import { s3ConfigError } from "./s3-errors.js";

/** The credentials that sign requests. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The end of temporary credentials, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Sends a request to a service that issues credentials. @throws StateError when it is unreachable */
export type SendToIssuer = (request: ServerRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/** Gets credentials, anew with each call. @throws StateError; the signal's reason */
export type CredentialSource = (send: SendToIssuer, signal?: AbortSignal) => Promise<AwsCredentials>;

/** Temporary credentials are renewed this long before they end, or when half of their time is over. In milliseconds. */
const renewalMs = 5 * 60_000;

/** Keeps credentials until they are about to end. */
export class KeptCredentials {
  readonly #source: CredentialSource;
  readonly #send: SendToIssuer;
  readonly #clock: Pick<Clock, "now">;
  readonly #hide: (secrets: readonly string[]) => void;
  #kept: AwsCredentials | undefined;
  /** The time left from which the credentials are renewed. */
  #renewalMs = renewalMs;

  /** @param hide is told of every secret, which outputs must not show */
  constructor(
    source: CredentialSource,
    send: SendToIssuer,
    clock: Pick<Clock, "now">,
    hide: (secrets: readonly string[]) => void,
  ) {
    this.#source = source;
    this.#send = send;
    this.#clock = clock;
    this.#hide = hide;
  }

  /** @throws StateError; the signal's reason */
  async get(signal?: AbortSignal): Promise<AwsCredentials> {
    const leftMs = (this.#kept?.expiresAt ?? Infinity) - this.#clock.now();
    if (this.#kept !== undefined && leftMs > this.#renewalMs) return this.#kept;
    try {
      const credentials = await this.#source(this.#send, signal);
      const { secretAccessKey, sessionToken = "", expiresAt = Infinity } = credentials;
      this.#hide([secretAccessKey, sessionToken]);
      this.#renewalMs = Math.min(renewalMs, (expiresAt - this.#clock.now()) / 2);
      this.#kept = credentials;
      return credentials;
    } catch (error) {
      signal?.throwIfAborted();
      // The next request tries to renew them again.
      if (this.#kept !== undefined && leftMs > 0) return this.#kept;
      throw error;
    }
  }

  /** Forgets credentials that the server has called expired. @returns whether there may be newer ones */
  drop(): boolean {
    const isTemporary = this.#kept?.expiresAt !== undefined || this.#kept?.sessionToken !== undefined;
    this.#kept = undefined;
    return isTemporary;
  }
}

/**
 * Reads credentials in the JSON that `credential_process`, containers and instances give.
 *
 * @param issuer for the error
 * @throws StateError for any other text
 */
export function parseCredentials(text: string, issuer: string): AwsCredentials {
  const value = toJsonObject(text);
  const member = (...names: readonly string[]): string =>
    names.map((name) => value[name]).find((found) => typeof found === "string") ?? "";
  const [accessKeyId, secretAccessKey] = [member("AccessKeyId"), member("SecretAccessKey")];
  if (accessKeyId === "" || secretAccessKey === "")
    throw s3ConfigError(`${issuer} gave no credentials.`, "Check its output and its settings.");
  const sessionToken = member("SessionToken", "Token");
  const expiresAt = Date.parse(member("Expiration"));
  return {
    ...{ accessKeyId, secretAccessKey },
    ...(sessionToken === "" ? {} : { sessionToken }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}
