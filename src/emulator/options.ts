import type { FaultRule } from "./server/faults.js";
import type { RateLimit } from "./server/rate-limit.js";
import type { OrgSeed } from "./org/seed.js";
import type { OAuthClient } from "./server/tokens.js";
import type { Variants } from "./variants.js";

/** The options of an emulator. Each has a default. */
export interface EmulatorOptions {
  /** 0 (default): a free port. */
  readonly port?: number;
  /** Host names to accept in the Host header, besides those of loopback; default: none. */
  readonly allowedHosts?: readonly string[];
  /** The org to start with; default: `defaultSeed`. */
  readonly seed?: OrgSeed;
  /** Overrides of `defaultVariants`. */
  readonly variants?: Partial<Variants>;
  /** Requests a minute of each token; default: no limit, and no headers about it. */
  readonly rateLimit?: RateLimit;
  /** The token endpoint's own throttle; default: none. */
  readonly tokenThrottle?: RateLimit;
  /** Lifetime of tokens from the token endpoint; default 86,400. */
  readonly tokenSeconds?: number;
  /** OAuth clients; default: `defaultClient`, with all permissions. */
  readonly clients?: readonly OAuthClient[];
  /** Id or e-mail of the user whose access token `env` holds; default: `env` holds the first client's id and secret. */
  readonly actingUser?: string;
  /** The permissions of that token; default: all. */
  readonly permissions?: readonly string[];
  /** The delay before each response, in milliseconds; default 0. */
  readonly latencyMs?: number;
  readonly faults?: readonly FaultRule[];
  /** The number of requests that the log keeps at least; default 100,000; 0: none. */
  readonly logLimit?: number;
  /** The clock, in milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** The seed of random ids: the same seed gives the same ids; default 1. */
  readonly randomSeed?: number;
}

/** The OAuth client where `clients` is left out. */
export const defaultClient: OAuthClient = {
  id: "b0a7f7c2-5f0e-4c39-9a55-3f1f0c1d2e4b",
  secret: "emulator-secret",
};
