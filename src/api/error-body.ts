import { safeLine } from "../core/safe-text.js";
import { isPermissionCode } from "./advice.js";
import type { Outcome } from "./errors.js";
import { ApiError } from "./errors.js";
import type { Exchange } from "./exchange.js";
import { operation } from "./operations/operations.js";
import type { HttpResponse } from "../http/message.js";
import { bodyText, header } from "../http/message.js";

const maxReason = 500;

/** Returns text of the service as one safe line of bounded length. */
export function oneLine(text: string): string {
  return safeLine(text.slice(0, maxReason + 1).replaceAll(/[\t\r\n]+/g, " "), maxReason);
}

/** Returns the text without these secrets: a service may repeat what was sent to it. */
export function redacted(text: string, secrets: readonly string[]): string {
  return secrets.reduce((all, secret) => (secret === "" ? all : all.replaceAll(secret, "…")), text);
}

/**
 * Makes the error of a response that is not a success, from its error body, whose members are all optional. Source: the vendor's
 * OpenAPI description, ErrorBody.
 */
export function toApiError(exchange: Exchange, response: HttpResponse, outcome: Outcome): ApiError {
  const { name, method, path } = exchange;
  const { status } = response;
  const body = parseObject(bodyText(response));
  const correlationId = readCorrelationId(response) ?? textIn(body["contextId"]);
  const code = textIn(body["code"]);
  const shown = (text: string): string => oneLine(redacted(text, [response.secret ?? ""]));
  const message = textIn(body["message"]) ?? code;
  return new ApiError({
    operation: name,
    method,
    path,
    outcome,
    status,
    // A response without a code of the platform may come from a proxy or gateway on the way.
    code: shown(code ?? `http.${status}`),
    reason: shown(message ?? "the response is not an error body of Genesys Cloud"),
    ...(correlationId === undefined ? {} : { correlationId: shown(correlationId) }),
    ...(status === 403 && isPermissionCode(code ?? "") ? { permissions: operation(name).permissions } : {}),
  });
}

/** Returns the id by which the service knows the request; undefined where the response has none. */
export function readCorrelationId(response: HttpResponse): string | undefined {
  const id = header(response, "inin-correlation-id");
  return id === undefined || id === "" ? undefined : oneLine(redacted(id, [response.secret ?? ""]));
}

/** Parses a body that should be a JSON object; empty where it is not. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
