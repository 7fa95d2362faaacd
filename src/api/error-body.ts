import { safeLine } from "../core/safe-text.js";
import { isFixedByPermission } from "./advice.js";
import type { ErrorBody, Outcome } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Exchange } from "./exchange.js";
import { operation } from "./operations/operations.js";
import type { HttpResponse } from "../http/message.js";
import { header } from "../http/message.js";

const maxReason = 500;

/** Returns text of the service as one safe line of bounded length. */
export function oneLine(text: string): string {
  return safeLine(text.slice(0, maxReason + 1).replaceAll(/[\t\r\n]+/g, " "), maxReason);
}

/** The text without these secrets: a service may repeat what it was sent. */
export function redacted(text: string, secrets: readonly string[]): string {
  return secrets.reduce((all, secret) => (secret === "" ? all : all.replaceAll(secret, "…")), text);
}

/** The error that an answer which is no success tells. */
export function toApiError(exchange: Exchange, answer: HttpResponse, outcome: Outcome): ApiError {
  const { name, method, path } = exchange;
  const { status } = answer;
  const body = errorBody(answer.text);
  const correlationId = readCorrelationId(answer) ?? stringOf(body.contextId);
  const code = stringOf(body.code);
  const shown = (text: string): string => oneLine(redacted(text, [answer.secret ?? ""]));
  const message = stringOf(body.message) ?? code;
  return new ApiError({
    operation: name,
    method,
    path,
    outcome,
    status,
    // Not the service's own words: something between us and it has answered.
    code: shown(code ?? `http.${status}`),
    reason: shown(message ?? "the answer is not an error body of Genesys Cloud"),
    ...(correlationId === undefined ? {} : { correlationId: shown(correlationId) }),
    ...(isFixedByPermission(status, code ?? "") ? { permissions: operation(name).permissions } : {}),
  });
}

/** The id by which the service knows the request. */
export function readCorrelationId(answer: HttpResponse): string | undefined {
  const id = header(answer, "inin-correlation-id");
  return id === undefined || id === "" ? undefined : oneLine(redacted(id, [answer.secret ?? ""]));
}

/** The error body of an answer; empty where it has none. */
function errorBody(text: string): ErrorBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
