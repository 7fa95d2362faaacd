import { VERSION } from "../core/version.js";
import type { Clock } from "../core/clock.js";
import { oneLine, redacted } from "./error-body.js";
import { ApiError } from "./errors.js";
import { NoAnswer } from "./no-answer.js";
import { retryAfterMs } from "./retry-after.js";
import type { HttpAnswer, Transport } from "./transport.js";

/** An access token. Times are milliseconds of the clock. */
export interface Token {
  readonly value: string;
  /** When to ask for the next one. */
  readonly renewAt: number;
  /** Until when it can surely be used. */
  readonly goodUntil: number;
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
export async function requestToken(login: Transport, client: OAuthClient, clock: Clock): Promise<Token> {
  let throttled = 0;
  let failed = 0;
  for (;;) {
    const answer = await post(login, client);
    const isNone = answer instanceof NoAnswer;
    const isThrottled = !isNone && saysThrottled(answer);
    const again = isNone ? answer.code !== "not.trusted" : answer.status >= 500;
    const waitMs = isThrottled ? throttledWaitsMs[throttled++] : again ? failedWaitsMs[failed++] : undefined;
    if (waitMs === undefined) return tokenIn(answer, client, clock);
    const asked = isNone ? undefined : retryAfterMs(answer, clock);
    await clock.sleep(Math.max(waitMs, asked ?? 0) + (waitMs / 2) * clock.random());
  }
}

async function post(login: Transport, { id, secret }: OAuthClient): Promise<HttpAnswer | NoAnswer> {
  const headers = {
    authorization: basic(id, secret),
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "user-agent": `chatform/${VERSION}`,
  };
  try {
    const body = "grant_type=client_credentials";
    return await login.send({ method: "POST", target: "/oauth/token", headers, body });
  } catch (error) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

/** The value of an Authorization header. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** The token endpoint throttles with HTTP 400. Source: the vendor's Terraform provider. */
function saysThrottled(answer: HttpAnswer): boolean {
  if (answer.status === 429) return true;
  const { error, description } = oauthError(answer);
  return answer.status === 400 && error === "invalid_request" && /^rate limit exceeded/i.test(description);
}

function tokenIn(answer: HttpAnswer | NoAnswer, client: OAuthClient, clock: Clock): Token {
  if (answer instanceof NoAnswer)
    throw failure({ code: answer.code, reason: oneLine(answer.message) }, answer);
  const { status } = answer;
  const { access_token: value, expires_in: seconds } = membersOf(answer.text);
  if (status >= 200 && status < 300 && typeof value === "string" && value !== "") {
    const lifeMs = typeof seconds === "number" && seconds > 0 ? seconds * 1000 : assumedLifeMs;
    const endsAt = clock.now() + lifeMs;
    return {
      value,
      renewAt: endsAt - Math.min(renewBeforeMs, lifeMs / 5),
      goodUntil: endsAt - Math.min(safetyMs, lifeMs / 10),
    };
  }
  const { error, description } = oauthError(answer);
  const said = redacted(description, [client.secret, basic(client.id, client.secret)]);
  if (status === 401 || error === "invalid_client") {
    const help = "check GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and the region";
    throw failure({ status, code: "bad.credentials", reason: `${said}: ${help}` });
  }
  throw failure({ status, code: error, reason: said });
}

/** The error in an answer. Source: RFC 6749, 5.2; the vendor also writes `description`. */
function oauthError({ text }: HttpAnswer): { readonly error: string; readonly description: string } {
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

function failure(
  what: { readonly status?: number; readonly code: string; readonly reason: string },
  cause?: NoAnswer,
): ApiError {
  const request = { operation: "oauth.token", method: "POST", path: "/oauth/token" };
  return new ApiError({ ...request, outcome: "not-sent", ...what }, cause === undefined ? {} : { cause });
}
