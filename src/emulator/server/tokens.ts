import type { Caller } from "../handler.js";
import { Ids } from "../org/ids.js";
import { refuse } from "../input/refusal.js";

/** An OAuth client of the org. */
export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
  /** The permissions of its tokens; default: all. */
  readonly permissions?: readonly string[];
}

export interface Token {
  readonly value: string;
  readonly caller: Caller;
  /** Undefined: all. */
  readonly permissions: ReadonlySet<string> | undefined;
  expiresAt: number;
  /** Requests in the current minute; kept here, since each token has its own budget. */
  window: { start: number; count: number };
}

/** The tokens of the org. */
export class Tokens {
  readonly #byValue = new Map<string, Token>();
  readonly #ids: Ids;
  readonly #now: () => number;

  constructor(now: () => number, randomSeed: number) {
    this.#now = now;
    this.#ids = new Ids(randomSeed ^ 0x746f6b65);
  }

  issue(caller: Caller, permissions: readonly string[] | undefined, expiresInSeconds: number): Token {
    const token: Token = {
      value: `emulator-${this.#ids.uuid()}`,
      caller,
      permissions: permissions && new Set(permissions),
      expiresAt: this.#now() + expiresInSeconds * 1000,
      window: { start: 0, count: 0 },
    };
    this.#byValue.set(token.value, token);
    return token;
  }

  /** Returns the token of an Authorization header. @throws Refusal 401 */
  check(authorization: string | undefined): Token {
    if (authorization === undefined || authorization === "") {
      throw refuse(
        "authentication.required",
        "No authentication bearer token specified in authorization header.",
      );
    }
    const value = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    const token = value === undefined ? undefined : this.#byValue.get(value);
    if (token === undefined) throw refuse("bad.credentials", "Invalid login credentials.");
    if (token.expiresAt <= this.#now()) throw refuse("credentials.expired", "The access token has expired.");
    return token;
  }

  /** Expires the token of an Authorization header. */
  expire(authorization: string | undefined): void {
    const token = this.#byValue.get((authorization ?? "").replace(/^bearer +/i, ""));
    if (token !== undefined) token.expiresAt = 0;
  }

  expireAll(): void {
    for (const token of this.#byValue.values()) token.expiresAt = 0;
  }
}
