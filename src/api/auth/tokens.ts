import type { Clock } from "../../core/time/clock.js";
import { orAborted } from "../../core/time/abortable.js";
import type { Login, OAuthClient, Token } from "./oauth.js";
import { requestToken } from "./oauth.js";

/** A source of valid tokens. */
export interface TokenSource {
  /**
   * Returns a token, at once where one is good.
   *
   * @throws ApiError when the login gives none
   * @throws the signal's reason when it aborts
   */
  token(signal?: AbortSignal): string | Promise<string>;
  /** Set if there can be no other token: a pool of them is not possible. */
  readonly isOnly?: true;
  /** Drops a token that the service refused. @returns whether another one is possible */
  reject(token: string): boolean;
}

/** Makes the source of a given access token, which is the only one. */
export function fixedToken(token: string): TokenSource {
  return { isOnly: true, token: () => token, reject: () => false };
}

/** The pause after a failed renewal, while the old token is still good. */
const restMs = 10_000;

/**
 * The token of an OAuth client, requested when first needed, once for all callers. It is renewed before its end, in the background:
 * while the old token is good, no call waits or fails.
 */
export class ClientToken implements TokenSource {
  readonly #login: Login;
  readonly #client: OAuthClient;
  readonly #clock: Clock;
  #token: Token | undefined;
  #coming: Promise<Token> | undefined;
  #restUntil = 0;

  constructor(login: Login, client: OAuthClient) {
    this.#login = login;
    this.#client = client;
    this.#clock = login.clock;
  }

  token(signal?: AbortSignal): string | Promise<string> {
    const now = this.#clock.monotonic();
    if (this.#token !== undefined && now < this.#token.goodUntil) {
      if (now >= this.#token.renewAt) this.#renewInBackground(now);
      return this.#token.value;
    }
    this.#coming ??= this.#renew();
    return orAborted(this.#coming, signal).then(({ value }) => value);
  }

  reject(token: string): boolean {
    if (this.#token?.value === token) this.#token = undefined;
    return true;
  }

  #renewInBackground(now: number): void {
    if (this.#coming !== undefined || now < this.#restUntil) return;
    this.#coming = this.#renew();
    this.#coming.catch(() => {
      this.#restUntil = this.#clock.monotonic() + restMs;
    });
  }

  async #renew(): Promise<Token> {
    try {
      this.#token = await requestToken(this.#login, this.#client);
      return this.#token;
    } finally {
      this.#coming = undefined;
    }
  }
}
