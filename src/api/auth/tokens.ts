import type { Clock } from "../../core/time/clock.js";
import { orAborted } from "../rate/abortable.js";
import type { OAuthClient, Token } from "./oauth.js";
import type { Login } from "./oauth.js";
import { requestToken } from "./oauth.js";

/** Gives a token that is good. */
export interface TokenSource {
  /**
   * @throws ApiError when there is none to be had
   * @throws the signal's reason when it aborts
   */
  token(signal?: AbortSignal): Promise<string>;
  /** The service did not accept this token. @returns whether another can be had */
  reject(token: string): boolean;
}

/** A token that was given to us: there is no other. */
export function fixedToken(token: string): TokenSource {
  return { token: () => Promise.resolve(token), reject: () => false };
}

/** After a token could not be renewed, for as long none is asked for while the old one is good. */
const restMs = 10_000;

/**
 * A client's token, made when first needed: one request for all that wait for it. It is renewed before its end, in the
 * background: as long as the old one is good, nothing waits, and nothing fails.
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

  async token(signal?: AbortSignal): Promise<string> {
    const now = this.#clock.monotonic();
    if (this.#token !== undefined && now < this.#token.goodUntil) {
      if (now >= this.#token.renewAt) this.#renewInBackground(now);
      return this.#token.value;
    }
    this.#coming ??= this.#renew();
    return (await orAborted(this.#coming, signal)).value;
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
