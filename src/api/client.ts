import type { Json } from "../core/json.js";
import { VERSION } from "../core/version.js";
import type { Api, ApiAnswer, ApiRequest } from "./api.js";
import type { Clock } from "./clock.js";
import { systemClock } from "./clock.js";
import type { Connection } from "./connection.js";
import { errorOf, header, oneLine } from "./error-body.js";
import type { Outcome } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Operation, OperationName } from "./operations.js";
import { operation, pathOf } from "./operations.js";
import type { TokenSlot } from "./tokens.js";
import { TokenPool } from "./tokens.js";
import type { HttpAnswer } from "./transport.js";
import { NoAnswer, Transport } from "./transport.js";

export interface ApiOptions {
  readonly connection: Connection;
  /** Requests in flight at most. */
  readonly parallelism: number;
  readonly clock?: Clock;
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  /** Told of every request, for --debug. It holds no token, no secret and no body. */
  readonly onRequest?: (entry: RequestEntry) => void;
}

/** A request that was made. */
export interface RequestEntry {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly attempt: number;
  readonly token: number;
  readonly milliseconds: number;
  /** The HTTP status, or why there was no answer. */
  readonly result: number | string;
  readonly correlationId?: string;
}

/** Tries of a call that may be repeated. */
const maxAttempts = 6;
const backoffMs = { first: 500, most: 20_000 };

/** Makes the service's operations callable: with tokens, pacing, and the retries that are safe. */
export function createApi(options: ApiOptions): Api {
  return new Client(options);
}

interface Sent {
  readonly name: OperationName;
  readonly path: string;
  readonly target: string;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What to do after a try: it succeeded, or wait this long and try again. */
type Tried = { readonly answer: ApiAnswer } | { readonly waitMs: number };

class Client implements Api {
  readonly #options: ApiOptions;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #login: Transport;
  readonly #tokens: TokenPool;

  constructor(options: ApiOptions) {
    const { connection, parallelism, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const { connectTimeoutMs, answerTimeoutMs } = options;
    const shared = {
      ...(connection.proxyUrl === undefined ? {} : { proxyUrl: connection.proxyUrl }),
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
      ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
    };
    this.#transport = new Transport(connection.apiUrl, { ...shared, connections: parallelism });
    this.#login = new Transport(connection.loginUrl, { ...shared, connections: 1 });
    this.#tokens = new TokenPool(connection.credentials, this.#login, clock, connection.tokenPoolSize);
  }

  budget(): { readonly callsPerMinute: number } | undefined {
    const callsPerMinute = this.#tokens.callsPerMinute();
    return callsPerMinute === undefined ? undefined : { callsPerMinute };
  }

  async close(): Promise<void> {
    await Promise.all([this.#transport.close(), this.#login.close()]);
  }

  async call(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const path = pathOf(request.operation, request.params ?? {});
    const sent: Sent = {
      name: request.operation,
      path,
      target: path + queryOf(request.query),
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal,
    };
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const slot = await this.#tokens.acquire(signal);
      const token = await slot.token(signal);
      const answer = await this.#send(sent, slot, token, attempt);
      if (answer instanceof NoAnswer) {
        await this.#clock.sleep(this.#afterNoAnswer(sent, answer, attempt), signal);
        continue;
      }
      if (answer.status === 401 && !renewed && slot.expire(token)) {
        renewed = true;
        continue;
      }
      const tried = this.#afterAnswer(sent, answer, slot, attempt);
      if ("answer" in tried) return tried.answer;
      if (tried.waitMs > 0) await this.#clock.sleep(tried.waitMs, signal);
    }
  }

  async #send(sent: Sent, slot: TokenSlot, token: string, attempt: number): Promise<HttpAnswer | NoAnswer> {
    const { gatewayAuthorization } = this.#options.connection;
    const { method } = operation(sent.name);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      "user-agent": `chatform/${VERSION}`,
      ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
      ...(gatewayAuthorization === undefined ? {} : { "proxy-authorization": gatewayAuthorization }),
    };
    const body = sent.body === undefined ? {} : { body: sent.body };
    const started = this.#clock.now();
    try {
      const answer = await this.#transport.send({ method, path: sent.target, headers, ...body }, sent.signal);
      hear(slot, answer);
      this.#log(sent, slot, attempt, started, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#log(sent, slot, attempt, started, error);
      return error;
    }
  }

  /**
   * @returns how long to wait before the next try, in milliseconds
   * @throws ApiError when there is none
   */
  #afterNoAnswer({ name, path }: Sent, error: NoAnswer, attempt: number): number {
    const { method, safety } = operation(name);
    if (attempt < maxAttempts && (safety !== "creates" || !error.sent)) return this.#backoff(attempt);
    const outcome: Outcome = error.sent ? "unclear" : "not-sent";
    const reason = oneLine(error.message);
    throw new ApiError({ operation: name, method, path, outcome, code: error.code, reason });
  }

  #afterAnswer(sent: Sent, answer: HttpAnswer, slot: TokenSlot, attempt: number): Tried {
    const { status } = answer;
    const { safety } = operation(sent.name);
    if (status >= 200 && status < 300) return { answer: success(sent, answer) };
    if (status === 429) {
      slot.budget.refused(retryAfterSeconds(answer) ?? this.#backoff(attempt) / 1000);
      return { waitMs: 0 };
    }
    const passing = status === 502 || status === 503 || status === 504;
    if (passing && safety !== "creates" && attempt < maxAttempts) {
      const asked = retryAfterSeconds(answer);
      return { waitMs: Math.max(this.#backoff(attempt), (asked ?? 0) * 1000) };
    }
    // The service may have done it before it failed; 408 too: it had begun to read the request.
    const outcome: Outcome = status >= 500 || status === 408 ? "unclear" : "refused";
    throw errorOf(sent.name, sent.path, answer, outcome);
  }

  #backoff(attempt: number): number {
    const most = Math.min(backoffMs.most, backoffMs.first * 2 ** (attempt - 1));
    return most * (0.5 + this.#clock.random() / 2);
  }

  #log(sent: Sent, slot: TokenSlot, attempt: number, started: number, answer: HttpAnswer | NoAnswer): void {
    const { onRequest } = this.#options;
    if (onRequest === undefined) return;
    const correlationId = answer instanceof NoAnswer ? undefined : header(answer, "inin-correlation-id");
    onRequest({
      operation: sent.name,
      method: operation(sent.name).method,
      path: sent.target,
      attempt,
      token: slot.number,
      milliseconds: Math.round(this.#clock.now() - started),
      result: answer instanceof NoAnswer ? answer.code : answer.status,
      ...(correlationId === undefined ? {} : { correlationId: oneLine(correlationId) }),
    });
  }
}

/** Reads what the service says of the token's budget. */
function hear({ budget }: TokenSlot, answer: HttpAnswer): void {
  const count = numberHeader(answer, "inin-ratelimit-count");
  const allowed = numberHeader(answer, "inin-ratelimit-allowed");
  const resetSeconds = numberHeader(answer, "inin-ratelimit-reset");
  if (count === undefined || allowed === undefined || resetSeconds === undefined || allowed < 1) return;
  budget.heard({ count, allowed, resetSeconds });
}

function numberHeader(answer: HttpAnswer, name: string): number | undefined {
  const text = header(answer, name);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Retry-After: seconds, or (by RFC 9110) a date. */
function retryAfterSeconds(answer: HttpAnswer): number | undefined {
  const text = header(answer, "retry-after");
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** @throws ApiError (unclear) when the body is not what the operation answers with */
function success({ name, path }: Sent, { status, text, ...answer }: HttpAnswer): ApiAnswer {
  const { method, answer: model }: Operation = operation(name);
  const correlationId = header({ status, text, ...answer }, "inin-correlation-id");
  const rest = correlationId === undefined ? {} : { correlationId };
  if (model === null) return { status, body: undefined, ...rest };
  try {
    const body = JSON.parse(text) as Json;
    if (typeof body === "object" && body !== null) return { status, body, ...rest };
  } catch {
    // Told below, like a body of the wrong form.
  }
  const reason = text === "" ? "the answer is empty" : "the answer is not JSON of the expected form";
  throw new ApiError({
    operation: name,
    method,
    path,
    outcome: "unclear",
    status,
    code: "bad.answer",
    reason,
    ...rest,
  });
}

function queryOf(query: ApiRequest["query"]): string {
  if (query === undefined) return "";
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
    ),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
