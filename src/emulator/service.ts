import type { OperationName } from "../api/operations/operations.js";
import { operation } from "../api/operations/operations.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import { bodyLimit, checkBody, checkParams, checkPermission, checkQuery } from "./input/check-request.js";
import type { OperationCall } from "./handler.js";
import { handlers } from "./handlers/index.js";
import type { OAuth } from "./server/oauth.js";
import type { Org } from "./org/org.js";
import type { RateLimit } from "./server/rate-limit.js";
import { countRequest, tooManyRequests } from "./server/rate-limit.js";
import { notFound, Refusal, refuse, statusAndCode } from "./input/refusal.js";
import type { Route } from "./server/router.js";
import type { Token, Tokens } from "./server/tokens.js";
import type { Variants } from "./variants.js";

/** A request as received. */
export interface EmulatorRequest {
  readonly method: string;
  /** Without the query, still encoded. */
  readonly path: string;
  /** Without `?`, still encoded. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The size of the body in bytes, also where it was too large to be read. */
  readonly bytes: number;
}

export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
}

export interface ServiceParts {
  readonly org: Org;
  readonly tokens: Tokens;
  readonly oauth: OAuth;
  readonly variants: Variants;
  readonly rateLimit: RateLimit | undefined;
}

const noHeaders: Readonly<Record<string, string>> = {};

/** The chat API without its HTTP server: returns the response to a request. */
export class Service {
  readonly #parts: ServiceParts;
  #count = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  respond(request: EmulatorRequest, where: Route): EmulatorResponse {
    const contextId = this.#contextId();
    const headers: Record<string, string> = { "inin-correlation-id": contextId };
    try {
      const { status, body } = this.#carryOut(request, where, headers);
      return { status, headers, body: this.#parts.variants.extraMembers ? withExtras(body) : body };
    } catch (error) {
      const refusal =
        error instanceof Refusal
          ? error
          : refuse("internal.server.error", `The emulator failed: ${String(error)}`);
      return this.refuse(refusal, contextId, headers);
    }
  }

  /** Returns the response to a refused request. */
  refuse(refusal: Refusal, contextId = this.#contextId(), headers = noHeaders): EmulatorResponse {
    return {
      status: refusal.status,
      headers: { "inin-correlation-id": contextId, ...headers, ...refusal.headers },
      body: {
        message: refusal.message,
        code: refusal.code,
        status: refusal.status,
        contextId,
        details: [],
        errors: [],
        ...refusal.members,
      },
    };
  }

  #carryOut(
    request: EmulatorRequest,
    where: Route,
    headers: Record<string, string>,
  ): { readonly status: number; readonly body: Json | undefined } {
    if (request.path === "/oauth/token" && request.method === "POST") {
      return this.#parts.oauth.respond(request.headers, request.body);
    }
    if (where.operation === undefined) throw noRoute(request, where.reason);
    const token = this.#parts.tokens.check(header(request, "authorization"));
    this.#pace(token, headers);
    const called = this.#check(request, where.operation, where.params, token);
    // The body was checked against the operation's schema, so it has the type that the handler takes.
    const handle = handlers[where.operation] as (call: OperationCall<unknown>) => Json | undefined;
    return { status: operation(where.operation).success, body: handle(called) };
  }

  #check(
    request: EmulatorRequest,
    name: OperationName,
    params: Readonly<Record<string, string>>,
    token: Token,
  ): OperationCall<unknown> {
    const { org, variants } = this.#parts;
    if (request.bytes > bodyLimit) {
      throw refuse("request.entity.too.large", `The body is larger than ${bodyLimit} bytes.`);
    }
    const described = operation(name);
    checkPermission(described, token);
    if (!token.caller.isUser && variants.needsUser.includes(name)) {
      throw new Refusal(statusAndCode(variants.needsUserError), "This operation needs a user's token.");
    }
    if (variants.refused.includes(name)) {
      throw new Refusal(statusAndCode(variants.refusedError), "This operation is refused.");
    }
    checkParams(params);
    const query = checkQuery(described, request.query);
    const body = checkBody(described, request.body, header(request, "content-type"), variants);
    const { caller, permissions } = token;
    return { org, variants, caller, permissions, params, query, body };
  }

  #pace(token: Token, headers: Record<string, string>): void {
    const { rateLimit, org } = this.#parts;
    if (rateLimit === undefined) return;
    const taken = countRequest(rateLimit, token.window, org.now());
    Object.assign(headers, taken.headers);
    if (taken.isOver) throw tooManyRequests(taken.resetSeconds);
  }

  /** Returns the next id of a sequence: unique, and the same in every run. */
  #contextId(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, "0")}`;
  }
}

/** Returns the first value of a header. */
export function header(request: EmulatorRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function noRoute(request: EmulatorRequest, reason: "path" | "method" | "encoding"): Refusal {
  switch (reason) {
    case "encoding":
      return refuse("bad.request", "The path is not properly percent-encoded.");
    case "method":
      return refuse("method.not.allowed", `${request.method} is not a method of ${request.path}.`);
    case "path":
      return notFound("resource", request.path);
  }
}

/** Adds an undocumented member to every object: clients must ignore unknown members. */
function withExtras(body: Json | undefined): Json | undefined {
  if (isArray(body)) return body.map((item) => withExtras(item) ?? null);
  if (!isObject(body)) return body;
  const members: JsonObject = Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, name === "mentions" ? value : withExtras(value)]),
  );
  return { ...members, xUndocumented: { since: "tomorrow" } };
}
