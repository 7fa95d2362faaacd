import type { RequestBudget } from "../core/plan/request-budget.js";
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
   * Sends one attempt only: a refusal for the rate limit (429) or the token (401) is reported, not retried. For creates, which are
   * looked up before they are sent a second time.
   */
  readonly once?: boolean;
  /** The caller goes on where the service refuses: a 401 ends nothing unless its code says that the token itself is refused. */
  readonly optional?: boolean;
  /** Requests with the same object share one limit of waits: the attempts of one call. */
  readonly waitsWith?: object;
  /**
   * Ends the call in place of its signal, as long as no attempt can have been carried out: while the call waits, connects, or was
   * refused. Aborts no later than the call's signal. The call throws its reason then, and the reason of the call's signal if an attempt
   * may have been carried out.
   */
  readonly untilSent?: AbortSignal;
  /** Awaited before each attempt is sent, once a token has budget. An error that it throws ends the call unsent. */
  readonly beforeSend?: () => Promise<void>;
}

/** The earliest and the latest time that the service's clock may show, in milliseconds since 1970. */
export interface ServiceTime {
  readonly from: number;
  readonly to: number;
}

/** The response of a success. */
export interface ApiResponse {
  readonly status: number;
  /** The parsed body; undefined where it is empty (204). */
  readonly body: Json | undefined;
}

/** The address of an API, and the client that calls it. */
export interface Endpoint {
  /** Host, port and, behind a gateway, path: `api.mypurecloud.de`. */
  readonly host: string;
  /** The AWS region of that host. */
  readonly region?: string;
  /** The id of the OAuth client, for credentials that are a client's. */
  readonly clientId?: string;
  /** The environment of the config that the credentials were chosen for. */
  readonly environment?: string;
}

/** The service as the engine sees it: operations in, responses out. Pacing, retries and tokens are below it. */
export interface Api {
  /**
   * Makes one request, with the retries that are safe for its operation.
   *
   * @throws ApiError when the service refused, or the outcome is unclear; its `outcome` tells which
   * @throws the signal's reason when it aborts
   */
  call(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse>;
  /** The address and OAuth client of the requests; undefined where they are unknown. */
  readonly endpoint?: Endpoint;
  /** Returns the service's rate limit, over all tokens; undefined before a response has told it. */
  budget(): RequestBudget | undefined;
  /** Returns the time by the service's own clock, from the Date headers of its responses; undefined before the first one. */
  serviceTime(): ServiceTime | undefined;
  close(): Promise<void>;
}

/** Returns the same service with another way to call it. */
export function withCall(api: Api, call: Api["call"]): Api {
  return {
    call,
    ...(api.endpoint === undefined ? {} : { endpoint: api.endpoint }),
    budget: () => api.budget(),
    serviceTime: () => api.serviceTime(),
    close: () => api.close(),
  };
}
