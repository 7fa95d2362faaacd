import type { ApiFailure } from "../errors.js";
import { ApiError } from "../errors.js";
import type { Exchange } from "../exchange.js";

/** The platform's codes of a 401 that refuses the token itself. */
const tokenCodes: ReadonlySet<string> = new Set([
  "bad.credentials",
  "credentials.expired",
  "authentication.required",
]);

/** The platform's codes of a 401 that refuses the request whatever its token is: the address that it comes from. */
const requestCodes: ReadonlySet<string> = new Set(["ip.not.authorized"]);

/** The number of 401s in a row, with another code or none, that mean a dead token: a gateway may replace the platform's code. */
const maxUnexplained = 3;

/**
 * Returns whether a 401 may be about the token, so that another token may be accepted.
 *
 * @param optional whether the caller goes on without the response: then only the platform's codes count
 */
export function isAboutToken({ code }: ApiFailure, optional = false): boolean {
  return optional ? tokenCodes.has(code) : !requestCodes.has(code);
}

/**
 * Keeps track of whether the credentials have ended. They have when the login refuses them, when a given access token is refused by
 * one of the codes above, or when a new token is refused like the one before it and none was accepted in between. A single operation
 * that responds with 401 while others work ends nothing.
 */
export class CredentialsStatus {
  #ended: ApiFailure | undefined;
  #end = new AbortController();
  /** The number of 401s in a row, over all calls, whose code does not refuse the token. */
  #unexplained = 0;
  /** The tokens that were refused since one was accepted, by token number. */
  readonly #refused = new Map<number, Set<string>>();

  /** Aborts when the credentials end. Waits end with it. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  /** @throws ApiError for this request, when the credentials have ended: it is not sent */
  throwIfEnded({ name, method, path }: Exchange): void {
    if (this.#ended === undefined) return;
    const { code, reason } = this.#ended;
    throw new ApiError({
      ...{ operation: name, method, path, outcome: "not-sent", code, credentialsEnded: true },
      reason: `not sent, as the credentials ended: ${reason}`,
    });
  }

  /** Notes that the service accepted a token. @param slot the token's number */
  accepted(slot: number): void {
    this.#refused.delete(slot);
    this.#unexplained = 0;
  }

  /**
   * Notes that the service refused a token with a 401 that is about it.
   *
   * @param isLast whether no other token is possible
   * @returns the error that ends the credentials; undefined where another token may be accepted
   */
  refused(slot: number, secret: string, failure: ApiFailure, isLast: boolean): ApiError | undefined {
    const refused = this.#refused.get(slot) ?? new Set();
    this.#refused.set(slot, refused.add(secret));
    const isFinal = isLast || refused.size > 1;
    if (!isFinal) return undefined;
    return tokenCodes.has(failure.code) || ++this.#unexplained >= maxUnexplained
      ? this.ended(failure)
      : undefined;
  }

  /** Notes that the credentials have ended. @returns the error to throw */
  ended(failure: ApiFailure): ApiError {
    const final = { ...failure, credentialsEnded: true } as const;
    this.#ended ??= final;
    this.#end.abort(new ApiError(final));
    return new ApiError(final);
  }

  /** Forgets that the credentials ended, for a new run. */
  tryAgain(): void {
    if (this.#ended === undefined) return;
    this.#ended = undefined;
    this.#refused.clear();
    this.#unexplained = 0;
    this.#end = new AbortController();
  }
}
