import type { Json } from "../core/json.js";
import type { OperationName } from "./operations.js";

/** One request to the service, by operation. */
export interface ApiRequest {
  readonly operation: OperationName;
  /** Path parameters, unencoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** A list becomes a repeated parameter. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Json;
}

/** A successful answer. */
export interface ApiAnswer {
  readonly status: number;
  /** The parsed body; undefined where there is none (204). */
  readonly body: Json | undefined;
  /** ININ-Correlation-Id. */
  readonly correlationId?: string;
}

/** The service as the engine sees it: operations in, answers out. Pacing, retries and tokens are below it. */
export interface Api {
  /**
   * Makes one request, with the retries that are safe for its operation.
   *
   * @throws ApiError when the service refused, or the outcome is unclear; its `outcome` says which.
   * @throws the signal's reason when aborted.
   */
  call(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer>;
  /** What the service said of its rate limit, over all tokens; undefined before it said anything. */
  budget(): { readonly callsPerMinute: number } | undefined;
  close(): Promise<void>;
}
