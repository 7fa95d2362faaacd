import { VERSION } from "../../core/version.js";
import { basicAuthorization } from "../../http/url-credentials.js";
import type { Clock } from "../../core/time/clock.js";
import { oneLine, redacted } from "../error-body.js";
import type { ApiFailure } from "../errors.js";
import { ApiError } from "../errors.js";
import type { OnRetry } from "../exchange.js";
import { NetworkError } from "../../http/network-error.js";
import { maxTimeouts } from "../rate/retry.js";
import { retryAfterMs } from "../rate/retry-after.js";
import type { HttpResponse, Transport } from "../../http/transport.js";
import { WaitLimit } from "../rate/wait-limit.js";
import type { Waits } from "../rate/waits.js";

/** An access token. Times are those of the monotonic clock. */
export interface Token {
  readonly value: string;
  /** When to ask for the next one. */
  readonly renewAt: number;
  /** Until when it can surely be used. */
  readonly goodUntil: number;
}

/** The login service, and how to wait for it. */
export interface Login {
  readonly transport: Transport;
  /** Its sleeps end when the client is closed: who waits for a token may give up, but not for the others. */
  readonly clock: Clock;
  readonly waits: Waits;
  /** How long the login service may keep one request for a token waiting, in milliseconds. */
  readonly maxWaitMs: number;
  readonly onRetry: OnRetry | undefined;
}

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** Renewed this long before its end; of a short life, after four fifths of it. Source: the vendor's guidance. */
const renewBeforeMs = 60_000;

/** Not used in the last moments of its life: it may end on its way. */
const safetyMs = 5000;

/** Where the answer doesn't say how long a token lives: the shortest life that an OAuth client can have. */
const assumedLifeMs = 5 * 60_000;

/** The token endpoint throttles: waits between tries, in milliseconds, before what is added by chance. */
const throttledWaitsMs = [1000, 2000, 4000, 8000, 16_000, 32_000];

/** Where it fails or can't be reached. Asking again does no harm. */
const failedWaitsMs = [250, 500, 1000, 2000];

/**
 * Asks for an access token: the client credentials grant.
 *
 * @throws ApiError when there is none to be had
 * Source: RFC 6749, 4.4; the vendor's guide to it.
 */
export async function requestToken(login: Login, client: OAuthClient): Promise<Token> {
  const { clock, waits } = login;
  const limit = new WaitLimit(login.maxWaitMs);
  let throttled = 0;
  let failed = 0;
  for (let attempt = 2; ; attempt++) {
    const answer = await post(login, client);
    const isNone = answer instanceof NetworkError;
    const isThrottled = !isNone && saysThrottled(answer);
    const again = isNone ? mayPass(answer, failed) : answer.status >= 500;
    const leastMs = isThrottled ? throttledWaitsMs[throttled++] : again ? failedWaitsMs[failed++] : undefined;
    if (leastMs === undefined) return tokenIn(answer, client, clock);
    const askedMs = Math.max(leastMs, isNone ? 0 : (retryAfterMs(answer, clock) ?? 0));
    if (!limit.allows(askedMs)) throw failure({ code: "wait.too.long", reason: limit.reason(askedMs) });
    const waitMs = askedMs + (leastMs / 2) * clock.random();
    limit.spend(waitMs);
    const reason = isNone ? oneLine(answer.message) : String(answer.status);
    login.onRetry?.({ ...tokenRequest, attempt, waitMs, reason });
    await waits.sleep(isThrottled ? "the rate limit of the login" : "another try of the login", waitMs);
  }
}

function mayPass({ code }: NetworkError, failed: number): boolean {
  return code !== "not.trusted" && (code !== "timeout" || failed < maxTimeouts - 1);
}

async function post(login: Login, { id, secret }: OAuthClient): Promise<HttpResponse | NetworkError> {
  const headers = {
    authorization: basicAuthorization(id, secret),
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

/** The token endpoint throttles with HTTP 400. Source: the vendor's Terraform provider. */
function saysThrottled(answer: HttpResponse): boolean {
  if (answer.status === 429) return true;
  const { error, description } = oauthError(answer);
  return answer.status === 400 && error === "invalid_request" && /^rate limit exceeded/i.test(description);
}

function tokenIn(answer: HttpResponse | NetworkError, client: OAuthClient, clock: Clock): Token {
  if (answer instanceof NetworkError)
    throw failure({ code: answer.code, reason: oneLine(answer.message) }, answer);
  const { status } = answer;
  const { access_token: value, expires_in: seconds } = membersOf(answer.text);
  if (status >= 200 && status < 300 && typeof value === "string" && value !== "") {
    const lifeMs = typeof seconds === "number" && seconds > 0 ? seconds * 1000 : assumedLifeMs;
    const endsAt = clock.monotonic() + lifeMs;
    return {
      value,
      renewAt: endsAt - Math.min(renewBeforeMs, lifeMs / 5),
      goodUntil: endsAt - Math.min(safetyMs, lifeMs / 10),
    };
  }
  const { error, description } = oauthError(answer);
  const said = redacted(description, [client.secret, basicAuthorization(client.id, client.secret)]);
  if (status === 401 || error === "invalid_client") {
    const help = "check GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and the region";
    throw failure({ status, code: "bad.credentials", reason: `${said}: ${help}`, credentialsEnded: true });
  }
  throw failure({
    status,
    code: error,
    reason: said,
    ...(isRefusal(answer) ? { credentialsEnded: true } : {}),
  });
}

/** Whether the login refuses the client, rather than being slow or busy. */
function isRefusal(answer: HttpResponse): boolean {
  const { status } = answer;
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && !saysThrottled(answer);
}

/** The error in an answer. Source: RFC 6749, 5.2; the vendor also writes `description`. */
function oauthError({ text }: HttpResponse): { readonly error: string; readonly description: string } {
  const body = membersOf(text);
  const error = body["error"];
  const description = body["description"] ?? body["error_description"];
  return {
    error: typeof error === "string" ? oneLine(error) : "no.token",
    description: typeof description === "string" ? oneLine(description) : "the service gave no access token",
  };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const tokenRequest = { operation: "oauth.token", method: "POST", path: "/oauth/token" } as const;

function failure(
  what: Pick<ApiFailure, "status" | "code" | "reason" | "credentialsEnded">,
  cause?: NetworkError,
): ApiError {
  return new ApiError(
    { ...tokenRequest, outcome: "not-sent", ...what },
    cause === undefined ? {} : { cause },
  );
}
