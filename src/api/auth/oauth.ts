import { VERSION } from "../../core/version.js";
import { basicAuthorization } from "../../http/url-credentials.js";
import type { Clock } from "../../core/time/clock.js";
import type { Attempt } from "../../core/time/retry.js";
import { backoffMs, retry } from "../../core/time/retry.js";
import { oneLine, parseObject, redacted } from "../error-body.js";
import type { ApiFailure } from "../errors.js";
import { ApiError } from "../errors.js";
import type { OnRetry } from "../exchange.js";
import { NetworkError } from "../../http/network-error.js";
import { maxTimeouts } from "../rate/retry.js";
import { retryAfterMs } from "../../http/retry-after.js";
import type { HttpResponse } from "../../http/message.js";
import { bodyText } from "../../http/message.js";
import type { Transport } from "../../http/transport.js";
import { WaitLimit } from "../rate/wait-limit.js";
import type { Waits } from "../rate/waits.js";

/** An access token. Times are those of the monotonic clock. */
export interface Token {
  readonly value: string;
  /** The time to request the next token. */
  readonly renewAt: number;
  /** The end of its safe use. */
  readonly goodUntil: number;
}

/** The login service, and the waits for it. */
export interface Login {
  readonly transport: Transport;
  /** Its sleeps end when the client is closed: one caller may give up waiting, but the others still need the token. */
  readonly clock: Clock;
  readonly waits: Waits;
  /** The most waits of one request for a token that the login asks for, in milliseconds. */
  readonly maxWaitMs: number;
  /** The most attempts of one request for a token. */
  readonly maxAttempts?: number | undefined;
  /** Called for every token, with its life in seconds; undefined where the login does not tell it. */
  readonly onToken?: ((lifeSeconds: number | undefined) => void) | undefined;
  readonly onRetry: OnRetry | undefined;
}

/** The id and secret of an OAuth client. */
export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** A token is renewed this long before its end, or after four fifths of a short life. Source: the vendor's guidance. */
const renewBeforeMs = 60_000;

/** A token is not used in the last moments of its life: it might end before the request arrives. */
const safetyMs = 5000;

/** The life of a token whose response does not tell it: the shortest that an OAuth client can have. */
const assumedLifeMs = 5 * 60_000;

/** The waits between attempts, before a random share is added, by the reason for the next attempt. A second token does no harm. */
const waitsAfter = {
  throttled: { firstMs: 1000, maxMs: 32_000, count: 6 },
  failed: { firstMs: 250, maxMs: 2000, count: 4 },
} as const;

/**
 * Requests an access token by the client credentials grant.
 *
 * @throws ApiError when the login gives none
 * Source: RFC 6749, 4.4; the vendor's guide to it.
 */
export async function requestToken(login: Login, client: OAuthClient): Promise<Token> {
  const { clock, waits, maxAttempts = Infinity } = login;
  const limit = new WaitLimit(login.maxWaitMs);
  const counts = { throttled: 0, failed: 0 };
  return retry(
    async (attempt): Promise<Attempt<Token, { readonly waitMs: number; readonly what: string }>> => {
      const result = await post(login, client);
      const cause = getRepeatCause(result, counts.failed);
      if (cause === undefined || counts[cause] >= waitsAfter[cause].count || attempt >= maxAttempts)
        return { value: toToken(result, client, login) };
      const leastMs = backoffMs(++counts[cause], waitsAfter[cause]);
      const isError = result instanceof NetworkError;
      const askedMs = Math.max(leastMs, isError ? 0 : (retryAfterMs(result, clock) ?? 0));
      if (!limit.allows(askedMs)) throw failure({ code: "wait.too.long", reason: limit.reason(askedMs) });
      const waitMs = askedMs + (leastMs / 2) * clock.random();
      limit.spend(waitMs);
      const reason = isError ? oneLine(result.message) : String(result.status);
      login.onRetry?.({ ...tokenRequest, attempt: attempt + 1, waitMs, reason });
      return {
        waitMs,
        what: cause === "throttled" ? "the rate limit of the login" : "another try of the login",
      };
    },
    async ({ waitMs, what }) => waits.sleep(what, waitMs),
  );
}

/** Returns the reason for another attempt, if there is one. @param failed the number of failed attempts before this one */
function getRepeatCause(
  result: HttpResponse | NetworkError,
  failed: number,
): keyof typeof waitsAfter | undefined {
  if (!(result instanceof NetworkError))
    return isThrottled(result) ? "throttled" : result.status >= 500 ? "failed" : undefined;
  const mayPass = result.code !== "not.trusted" && (result.code !== "timeout" || failed < maxTimeouts - 1);
  return mayPass ? "failed" : undefined;
}

async function post(login: Login, { id, secret }: OAuthClient): Promise<HttpResponse | NetworkError> {
  const headers = {
    authorization: basicAuthorization({ username: id, password: secret }),
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "user-agent": `chatform/${VERSION}`,
  };
  try {
    const body = "grant_type=client_credentials";
    const request = { method: "POST", target: "/oauth/token", headers, body };
    const { transport, waits } = login;
    return await waits.forResponse(`a token from ${transport.name}`, () => transport.send(request));
  } catch (error) {
    if (error instanceof NetworkError) return error;
    throw error;
  }
}

/** Returns whether the login throttles: also with HTTP 400. Source: the vendor's Terraform provider. */
function isThrottled(response: HttpResponse): boolean {
  if (response.status === 429) return true;
  const { error, description } = oauthError(response);
  return response.status === 400 && error === "invalid_request" && /^rate limit exceeded/i.test(description);
}

function toToken(
  response: HttpResponse | NetworkError,
  client: OAuthClient,
  { clock, onToken }: Login,
): Token {
  if (response instanceof NetworkError)
    throw failure({ code: response.code, reason: oneLine(response.message) }, response);
  const { status } = response;
  const { access_token: value, expires_in: seconds } = parseObject(bodyText(response));
  if (status >= 200 && status < 300 && typeof value === "string" && value !== "") {
    const told = typeof seconds === "number" && seconds > 0 ? seconds : undefined;
    const lifeMs = told === undefined ? assumedLifeMs : told * 1000;
    onToken?.(told);
    const endsAt = clock.monotonic() + lifeMs;
    return {
      value,
      renewAt: endsAt - Math.min(renewBeforeMs, lifeMs / 5),
      goodUntil: endsAt - Math.min(safetyMs, lifeMs / 10),
    };
  }
  const { error, description } = oauthError(response);
  const said = redacted(description, [
    client.secret,
    basicAuthorization({ username: client.id, password: client.secret }),
  ]);
  if (status === 401 || error === "invalid_client")
    throw failure({ status, code: "bad.credentials", reason: said, credentialsEnded: true });
  throw failure({
    status,
    code: error,
    reason: said,
    ...(isRefusal(response) ? { credentialsEnded: true } : {}),
  });
}

/** Returns whether the login refuses the client, rather than being slow or busy. */
function isRefusal(response: HttpResponse): boolean {
  const { status } = response;
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && !isThrottled(response);
}

/** Reads the error of a response. Source: RFC 6749, 5.2; the vendor also writes `description`. */
function oauthError(response: HttpResponse): { readonly error: string; readonly description: string } {
  const body = parseObject(bodyText(response));
  const error = body["error"];
  const description = body["description"] ?? body["error_description"];
  return {
    error: typeof error === "string" ? oneLine(error) : "no.token",
    description: typeof description === "string" ? oneLine(description) : "the response has no access token",
  };
}

const tokenRequest = { operation: "oauth.token", method: "POST", path: "/oauth/token" } as const;

function failure(
  facts: Pick<ApiFailure, "status" | "code" | "reason" | "credentialsEnded">,
  cause?: NetworkError,
): ApiError {
  return new ApiError(
    { ...tokenRequest, outcome: "not-sent", ...facts },
    cause === undefined ? {} : { cause },
  );
}
