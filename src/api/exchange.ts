import type { OperationName } from "./operations/operations.js";
import type { HttpResponse, HttpRequest } from "../http/message.js";
import type { WaitLimit } from "./rate/wait-limit.js";

/** One attempt of a request, on its way to the service. Each middleware adds its own part. */
export interface Exchange extends HttpRequest {
  readonly name: OperationName;
  /** The target without its query. */
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  /** The number of its token, from 1; 0 as long as it has none. */
  readonly token: number;
  /** See ApiRequest. */
  readonly once: boolean;
  readonly optional: boolean;
  readonly beforeSend: (() => Promise<void>) | undefined;
  /** Ends this attempt until it is sent. */
  readonly untilSent: AbortSignal | undefined;
  /** Bounds the waits that the service asks for, over all attempts of the call. */
  readonly limit: WaitLimit;
}

/**
 * Sends a request and waits for the response, whatever its status is.
 *
 * @throws NetworkError when none came
 * @throws ApiError when an attempt would be useless
 * @throws the signal's reason when it aborts
 */
export type Send = (exchange: Exchange) => Promise<HttpResponse>;

/** An attempt that is about to follow one that failed, for --debug. It holds no token and no secret. */
export interface RetryEntry {
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The number of the attempt that follows; the first retry is 2. */
  readonly attempt: number;
  /** The wait before it, in milliseconds. */
  readonly waitMs: number;
  /** The reason why the attempt before it failed. */
  readonly reason: string;
}

export type OnRetry = (entry: RetryEntry) => void;

/** Counts, for metrics. */
export interface Stats {
  /** Requests that were sent, retries included, token requests not. */
  readonly requests: number;
  /** Responses with 429. */
  readonly throttled: number;
  readonly retries: number;
  /** Milliseconds that requests have waited for the rate limit and between attempts, summed over requests. */
  readonly waitedMs: number;
}

/** Stats while they are counted. */
export type Counters = { -readonly [Name in keyof Stats]: Stats[Name] };
