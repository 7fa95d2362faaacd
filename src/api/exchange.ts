import type { OperationName } from "./operations/operations.js";
import type { HttpResponse, HttpRequest } from "../http/message.js";
import type { WaitLimit } from "./rate/wait-limit.js";

/** One try of a request, on its way down to the service. Each layer adds what is its own. */
export interface Exchange extends HttpRequest {
  readonly name: OperationName;
  /** The target without its query. */
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  /** The number of the token it goes with, from 1; 0 as long as it has none. */
  readonly token: number;
  /** As in ApiRequest. */
  readonly once: boolean;
  readonly optional: boolean;
  readonly beforeSend: (() => Promise<void>) | undefined;
  /** How long the service may keep this call waiting, over all of its attempts. */
  readonly limit: WaitLimit;
}

/**
 * Sends a request and waits for the answer, whatever its status is.
 *
 * @throws NoAnswer when none came
 * @throws ApiError when there is no point in trying
 * @throws the signal's reason when it aborts
 */
export type Send = (exchange: Exchange) => Promise<HttpResponse>;

/** An attempt of a request that is about to be made after one that failed, for --debug. It holds no token and no secret. */
export interface RetryEntry {
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The number of the attempt that follows; the first retry is 2. */
  readonly attempt: number;
  /** How long is waited before it, in milliseconds. */
  readonly waitMs: number;
  /** Why the attempt before it failed. */
  readonly reason: string;
}

export type OnRetry = (entry: RetryEntry) => void;

/** Counts, for metrics. */
export interface Stats {
  /** Requests that were sent, retries included, token requests not. */
  readonly requests: number;
  /** Answers with 429. */
  readonly throttled: number;
  readonly retries: number;
  /** Milliseconds that requests have waited for the rate limit and between tries, summed over requests. */
  readonly waitedMs: number;
}

/** Stats while they are counted. */
export type Counters = { -readonly [Name in keyof Stats]: Stats[Name] };
