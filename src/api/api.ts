import type { Json } from "../core/json/json.js";
import type { OperationName } from "./operations/operations.js";

/** One request to the service, by operation. */
export interface ApiRequest {
  readonly operation: OperationName;
  /** Path parameters, unencoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** A list becomes a repeated parameter. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Json;
  /**
   * Sends one attempt only: a refusal for the rate limit (429) or the token (401) is reported, not sent again. For creates, which
   * are looked for before they are sent a second time.
   */
  readonly once?: boolean;
  /** The caller goes on where the service refuses: a 401 ends nothing unless its code says that the token itself is refused. */
  readonly optional?: boolean;
  /** Requests with the same object share one limit of waits: those that send one call again. */
  readonly waitsWith?: object;
  /** Awaited before each attempt is sent, once a token with budget is at hand. What it throws ends the call unsent. */
  readonly beforeSend?: () => Promise<void>;
}

/** The earliest and the latest time that it may be by the service's clock. Milliseconds since 1970. */
export interface ServiceTime {
  readonly from: number;
  readonly to: number;
}

/** A successful answer. */
export interface ApiResponse {
  readonly status: number;
  /** The parsed body; undefined where there is none (204). */
  readonly body: Json | undefined;
  /** ININ-Correlation-Id. */
  readonly correlationId?: string;
}

/** Where an API is, and who calls it. */
export interface Endpoint {
  /** Host, port and, behind a gateway, path: `api.mypurecloud.de`. */
  readonly host: string;
  /** The AWS region of that host. */
  readonly region?: string;
  /** The id of the OAuth client, for credentials that are a client's. */
  readonly clientId?: string;
}

/** The service as the engine sees it: operations in, answers out. Pacing, retries and tokens are below it. */
export interface Api {
  /**
   * Makes one request, with the retries that are safe for its operation.
   *
   * @throws ApiError when the service refused, or the outcome is unclear; its `outcome` says which.
   * @throws the signal's reason when aborted.
   */
  call(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse>;
  /** Where the requests go and with which OAuth client; undefined where nothing is known of it. */
  readonly endpoint?: Endpoint;
  /** What the service said of its rate limit, over all tokens; undefined before it said anything. */
  budget(): { readonly callsPerMinute: number } | undefined;
  /** The time by the service's own clock, from the Date headers of its responses; undefined where none had one yet. */
  serviceTime(): ServiceTime | undefined;
  close(): Promise<void>;
}
