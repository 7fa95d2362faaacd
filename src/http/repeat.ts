import type { Clock } from "../core/time/clock.js";
import type { Backoff } from "../core/time/retry.js";
import { backoffMs, retry, withJitter } from "../core/time/retry.js";
import type { HttpResponse } from "./message.js";
import { NetworkError } from "./network-error.js";
import { retryAfterMs } from "./retry-after.js";

/** The attempts of a request that is safe to repeat, and the waits between them. */
export interface RepeatOptions {
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** Waits between attempts. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns whether to make no further attempt, whatever comes back. */
  readonly isStopping?: () => boolean;
  /** Returns whether a second attempt may succeed. Default: by the status. */
  readonly isTransient?: (response: HttpResponse) => boolean;
}

/** The response of the last attempt, or the reason why there was none. */
export interface Repeated {
  readonly result: HttpResponse | NetworkError;
  readonly attempts: number;
}

/**
 * Sends a request that is safe to repeat: again where no response comes, or where the server is busy or fails. A server that
 * asks for a longer wait than the backoff allows is not asked again.
 *
 * @throws what `send` throws, except NetworkError
 */
export async function sendRepeatable(
  send: () => Promise<HttpResponse>,
  options: RepeatOptions,
): Promise<Repeated> {
  const { maxAttempts, backoff, clock, sleep, isStopping } = options;
  return retry(
    async (attempts) => {
      const result = await send().catch((error: unknown) => {
        if (error instanceof NetworkError) return error;
        throw error;
      });
      const value = { result, attempts };
      if (attempts >= maxAttempts || !mayPass(result, options) || isStopping?.() === true) return { value };
      const askedMs = result instanceof NetworkError ? 0 : (retryAfterMs(result, clock) ?? 0);
      if (askedMs > backoff.maxMs) return { value };
      return { waitMs: Math.max(askedMs, withJitter(backoffMs(attempts, backoff), clock)) };
    },
    async ({ waitMs }) => sleep(waitMs),
  );
}

/** Returns whether a server that responds with this status may respond better to a second attempt. */
export function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

function mayPass(result: HttpResponse | NetworkError, options: RepeatOptions): boolean {
  if (result instanceof NetworkError) return result.code !== "answer.too.large";
  return options.isTransient?.(result) ?? isTransient(result.status);
}
