import type { FaultRule } from "./server/faults.js";
import type { RateLimit } from "./server/rate-limit.js";
import type { OrgSeed } from "./org/seed.js";
import type { OAuthClient } from "./server/tokens.js";
import type { Variants } from "./variants.js";

/** How an emulator starts. Everything has a default. */
export interface EmulatorOptions {
  /** 0 (default): a free one. */
  readonly port?: number;
  /** Names in the Host header to answer to, beside those of loopback; default: none. */
  readonly allowedHosts?: readonly string[];
  /** The org to start with; default: `defaultSeed`. */
  readonly seed?: OrgSeed;
  /** What differs from `defaultVariants`. */
  readonly variants?: Partial<Variants>;
  /** Requests a minute of each token; default: no limit, and no headers that speak of one. */
  readonly rateLimit?: RateLimit;
  /** The token endpoint's own throttle; default: none. */
  readonly tokenThrottle?: RateLimit;
  /** Lifetime of tokens from the token endpoint; default 86,400. */
  readonly tokenSeconds?: number;
  /** Clients that may ask for tokens; default: one, which may do everything. */
  readonly clients?: readonly OAuthClient[];
  /** Id or e-mail of the user whose access token `env` holds; default: `env` holds the first client's id and secret. */
  readonly actingUser?: string;
  /** What the acting user's token may do; default: everything. */
  readonly permissions?: readonly string[];
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  readonly faults?: readonly FaultRule[];
  /** How many requests the log keeps at least; default 100,000; 0: none. */
  readonly logLimit?: number;
  /** The clock, in milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** Same seed, same ids; default 1. */
  readonly randomSeed?: number;
}

/** The client of an emulator that was told of none. */
export const defaultClient: OAuthClient = {
  id: "b0a7f7c2-5f0e-4c39-9a55-3f1f0c1d2e4b",
  secret: "emulator-secret",
};
