import type { Spent } from "./plan.js";

/** A window of a rate limit, or a part of one. */
export interface RateWindow {
  /** The requests that it allows. */
  readonly size: number;
  /** The requests that are left in it. */
  readonly left: number;
  /** The seconds until it ends. Missing: it begins with its first request. */
  readonly seconds?: number;
}

/** The requests that the service allows in windows of time. */
export interface RateLimit {
  /** One for each token, or one for all tokens of the client together, which the next run shares. */
  readonly of: "token" | "client";
  readonly windowSeconds: number;
  /** The windows of now, each of which begins anew after its end. */
  readonly windows: readonly RateWindow[];
  /** The seconds until all windows end together, where they begin with the minutes of the service's clock. Missing: they do not. */
  readonly endsIn?: number;
}

/** The requests that the service allows, over all tokens that help. */
export interface RequestBudget {
  readonly perMinute: number;
  /** Each of them bounds the requests. */
  readonly limits: readonly RateLimit[];
  /** Requests a second without a rate limit. Missing: not measured. */
  readonly perSecond?: number;
  /** The setting that allows more requests. Missing: there is none. */
  readonly faster?: string;
  /** The requests of this run that the service may still count when the next one begins. */
  readonly spent?: readonly Spent[];
  /**
   * The limit of all tokens of the client together, as the service told it in this run; null: the service contradicted the one that an
   * earlier run recorded. Missing: neither.
   */
  readonly clientLimit?: number | null;
}

/** The default rate limit. Source: the vendor's published rate limits; response headers override it. */
export const defaultBudget: RequestBudget = {
  perMinute: 300,
  limits: [{ of: "token", windowSeconds: 60, windows: [{ size: 300, left: 300 }] }],
};

/** Requests a second where it was not measured: ten at once, each of 100 ms. */
const usualPerSecond = 100;

/** Returns the seconds that so many requests take. */
export function getSeconds(requests: number, { limits, perSecond = usualPerSecond }: RequestBudget): number {
  return Math.max(0, ...limits.map((limit) => getSecondsWithin(limit, requests, perSecond)));
}

/** Returns the same budget for a run that follows at once: with new tokens, whose windows have not begun. */
export function withNewTokens({ limits, ...budget }: RequestBudget): RequestBudget {
  const renewed = limits.map((limit) =>
    limit.of === "client"
      ? limit
      : { ...limit, windows: limit.windows.map(({ size }) => newWindow(size, limit.endsIn)) },
  );
  return { ...budget, limits: renewed };
}

/** Returns the window of a new token. @param seconds until it ends; undefined: it begins with its first request */
export function newWindow(size: number, seconds: number | undefined): RateWindow {
  return { size, left: size, ...(seconds === undefined ? {} : { seconds }) };
}

/** Returns the seconds that requests take within one limit: at full speed, but for the waits until windows begin anew. */
function getSecondsWithin(
  { windowSeconds, windows }: RateLimit,
  requests: number,
  perSecond: number,
): number {
  const slots = windows.map(({ size, left, seconds }) => ({ at: 0, size, left, endsAt: seconds }));
  let [now, missing] = [0, requests];
  for (;;) {
    const next = slots.reduce((first, slot) => (slot.at < first.at ? slot : first));
    const began = Math.max(now, next.at);
    const made = Math.min(missing, next.left);
    now = began + made / perSecond;
    missing -= made;
    if (missing <= 0) return now;
    next.at = next.endsAt ?? began + windowSeconds;
    next.left = next.size;
    next.endsAt = undefined;
  }
}
