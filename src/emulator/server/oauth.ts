import type { JsonObject } from "../../core/json/json.js";
import type { RateLimit, Window } from "./rate-limit.js";
import { countRequest } from "./rate-limit.js";
import type { OAuthClient, Tokens } from "./tokens.js";

export interface OAuthOptions {
  readonly clients: readonly OAuthClient[];
  readonly tokenSeconds: number;
  /** The token endpoint's own throttle, over all clients. */
  readonly throttle: RateLimit | undefined;
  readonly now: () => number;
}

interface TokenResponse {
  readonly status: number;
  readonly body: JsonObject;
}

/** Responds to POST /oauth/token: the client credentials grant. Source: RFC 6749, 4.4, and the vendor's guide to it. */
export class OAuth {
  readonly #options: OAuthOptions;
  readonly #tokens: Tokens;
  readonly #window: Window = { start: 0, count: 0 };

  constructor(options: OAuthOptions, tokens: Tokens) {
    this.#options = options;
    this.#tokens = tokens;
  }

  respond(headers: Readonly<Record<string, string | string[] | undefined>>, form: string): TokenResponse {
    const { throttle, now, tokenSeconds } = this.#options;
    if (throttle !== undefined) {
      const { isOver, resetSeconds } = countRequest(throttle, this.#window, now());
      if (isOver)
        return refusal(400, "invalid_request", `rate limit exceeded; retry in ${resetSeconds} seconds`);
    }
    const type = String(headers["content-type"] ?? "");
    if (!type.toLowerCase().startsWith("application/x-www-form-urlencoded")) {
      return refusal(400, "invalid_request", "the body must be application/x-www-form-urlencoded");
    }
    const client = this.#client(String(headers["authorization"] ?? ""));
    if (client === undefined) return refusal(401, "invalid_client", "client not found: invalid_client");
    const grant = new URLSearchParams(form).get("grant_type");
    if (grant !== "client_credentials") {
      return refusal(400, "unsupported_grant_type", `grant type not supported: ${grant ?? "none"}`);
    }
    const caller = { id: client.id, jid: client.id, isUser: false };
    const token = this.#tokens.issue(caller, client.permissions, tokenSeconds);
    return {
      status: 200,
      body: { access_token: token.value, token_type: "bearer", expires_in: tokenSeconds },
    };
  }

  #client(authorization: string): OAuthClient | undefined {
    const encoded = /^basic +(\S+)$/i.exec(authorization)?.[1];
    if (encoded === undefined) return undefined;
    const pair = Buffer.from(encoded, "base64").toString("utf8");
    return this.#options.clients.find(({ id, secret }) => pair === `${id}:${secret}`);
  }
}

function refusal(status: number, error: string, description: string): TokenResponse {
  return { status, body: { error, description, error_description: description } };
}
