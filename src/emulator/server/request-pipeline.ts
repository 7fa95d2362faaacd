import type { Json } from "../../core/json/json.js";
import { parseQuery } from "../input/check-request.js";
import type { FaultAction, Faults } from "./faults.js";
import type { RequestLog } from "./request-log.js";
import { Refusal } from "../input/refusal.js";
import { route } from "./router.js";
import type { ConnectionOutcome } from "./http-server.js";
import { header } from "../service.js";
import type { EmulatorResponse, EmulatorRequest, Service } from "../service.js";
import type { Tokens } from "./tokens.js";

export interface PipelineParts {
  readonly service: Service;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly latencyMs: number;
  readonly now: () => number;
  /** Responds to requests under /_emulator. */
  readonly control: (request: EmulatorRequest) => { readonly status: number; readonly body: Json };
}

/** Passes each request to the service or the control API; logs it, and applies faults and latency. */
export class RequestPipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  respond(request: EmulatorRequest): ConnectionOutcome | Promise<ConnectionOutcome> {
    if (request.path.startsWith("/_emulator/"))
      return toOutcome({ ...this.#parts.control(request), headers: {} });
    const { service, tokens, faults, log, latencyMs } = this.#parts;
    const where = route(request.method, request.path);
    const operation = request.path === "/oauth/token" ? "token" : where.operation;
    const fault = faults.hit({ operation, method: request.method, path: request.path });
    const logStatus = log.add({
      method: request.method,
      path: request.path,
      query: request.query === "" ? {} : Object.fromEntries(parseQuery(request.query)),
      body: operation === "token" ? undefined : loggedBody(request),
      operation,
      at: this.#parts.now(),
      fault: fault?.type,
    });
    if (fault?.type === "expire-token") tokens.expire(header(request, "authorization"));
    const apply = () => toOutcome(service.respond(request, where));
    const outcome = fault === undefined ? apply() : this.#faulty(fault, apply);
    logStatus(outcome.type === "response" ? outcome.status : 0);
    const delay = latencyMs + (fault?.type === "delay" ? fault.ms : 0);
    return delay <= 0 ? outcome : delayed(delay, outcome);
  }

  #faulty(fault: FaultAction, apply: () => ConnectionOutcome): ConnectionOutcome {
    switch (fault.type) {
      case "drop-before":
        return { type: "drop" };
      case "drop-after":
        apply();
        return { type: "drop" };
      case "hang":
        if (fault.applied === true) apply();
        return { type: "hang" };
      case "garbage":
        if (fault.applied === true) apply();
        return { type: "response", status: 200, headers: json, text: '<html>{"not": json' };
      case "status":
        if (fault.applied === true) apply();
        return toOutcome(this.#parts.service.refuse(statusFault(fault)));
      case "delay":
      case "expire-token":
        return apply();
    }
  }
}

const json = { "content-type": "application/json" };

function statusFault(fault: Extract<FaultAction, { type: "status" }>): Refusal {
  const { status, retryAfter } = fault;
  const code = fault.code ?? defaultCodes[status] ?? "internal.server.error";
  const message =
    fault.message ??
    (status === 429
      ? `Rate limit exceeded the maximum. Retry the request in [${retryAfter ?? 1}] seconds`
      : `The emulator was told to respond with ${status}.`);
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return new Refusal({ status, code }, message, { headers });
}

const defaultCodes: Readonly<Record<number, string>> = {
  400: "bad.request",
  401: "bad.credentials",
  403: "not.authorized",
  404: "not.found",
  408: "client.timeout",
  409: "request.conflict",
  413: "request.entity.too.large",
  415: "unsupported.media.type",
  429: "too.many.requests",
  500: "internal.server.error",
  502: "bad.gateway",
  503: "service.unavailable",
  504: "request.timeout",
};

function toOutcome(response: EmulatorResponse): ConnectionOutcome {
  const { status, headers, body } = response;
  if (body === undefined) return { type: "response", status, headers, text: "" };
  return { type: "response", status, headers: { ...json, ...headers }, text: JSON.stringify(body) };
}

function loggedBody(request: EmulatorRequest): Json | undefined {
  if (request.body === "") return undefined;
  try {
    return JSON.parse(request.body) as Json;
  } catch {
    return request.body;
  }
}

async function delayed(ms: number, outcome: ConnectionOutcome): Promise<ConnectionOutcome> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return outcome;
}
