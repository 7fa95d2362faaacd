import { getAdvice } from "./advice.js";

/**
 * The outcome of a request that failed. `refused`: the service responded that it was not carried out; `not-sent`: it surely never
 * reached the service; `unclear`: it may have been carried out.
 */
export type Outcome = "refused" | "not-sent" | "unclear";

/** The facts of a request that failed. */
export interface ApiFailure {
  readonly operation: string;
  readonly method: string;
  /** Path with its parameters, without host and query. */
  readonly path: string;
  readonly outcome: Outcome;
  /** HTTP status; missing where there is no response. */
  readonly status?: number;
  /**
   * The platform's error code (`not.found`), or one of chatform: `connection.failed`, `timeout`, `not.trusted`, `bad.answer`,
   * `answer.too.large`, `bad.credentials`, `wait.too.long`, or `http.STATUS` where the response has none.
   */
  readonly code: string;
  /** The service's message, or what happened. One line, no secrets. */
  readonly reason: string;
  readonly correlationId?: string;
  /** The operation's permissions, if the service says that one is missing; any one is enough. */
  readonly permissions?: readonly string[];
  /**
   * Set when the service no longer accepts the credentials, for good: on the first failure that shows this, and on every later
   * one. From then on the client sends no request. Missing on a single 401 that another token, or a permission, can fix.
   */
  readonly credentialsEnded?: true;
}

/** A request failed. Names the request, never a token. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, options?: ErrorOptions) {
    const status = failure.status === undefined ? "" : ` ${failure.status}`;
    const correlation =
      failure.correlationId === undefined ? "" : ` (correlation id ${failure.correlationId})`;
    super(
      `${failure.operation} (${failure.method} ${failure.path}) failed:${status} ${failure.code}: ${failure.reason}${correlation}`,
      options,
    );
    this.failure = failure;
  }

  /** Returns what to do about the failure, as sentences; undefined where nothing is known beyond its reason. */
  get advice(): string | undefined {
    return getAdvice(this.failure);
  }
}
