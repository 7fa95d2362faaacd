import type { Clock } from "./clock.js";
import { orAborted } from "./clock.js";
import type { OAuthClient, Token } from "./oauth.js";
import { requestToken } from "./oauth.js";
import type { Transport } from "./transport.js";

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

/** A client's token, made when first needed and renewed before its end: one request for all that wait for it. */
export class ClientToken implements TokenSource {
  readonly #login: Transport;
  readonly #client: OAuthClient;
  readonly #clock: Clock;
  #token: Token | undefined;
  #coming: Promise<Token> | undefined;

  /** `clock` ends its sleeps when the client is closed: who waits for a token may give up, but not for the others. */
  constructor(login: Transport, client: OAuthClient, clock: Clock) {
    this.#login = login;
    this.#client = client;
    this.#clock = clock;
  }

  async token(signal?: AbortSignal): Promise<string> {
    if (this.#token !== undefined && this.#clock.now() < this.#token.renewAt) return this.#token.value;
    this.#coming ??= this.#renew();
    return (await orAborted(this.#coming, signal)).value;
  }

  reject(token: string): boolean {
    if (this.#token?.value === token) this.#token = undefined;
    return true;
  }

  async #renew(): Promise<Token> {
    try {
      this.#token = await requestToken(this.#login, this.#client, this.#clock);
      return this.#token;
    } finally {
      this.#coming = undefined;
    }
  }
}
