import type { ErrorBody, Outcome } from "./errors.js";
import { ApiError } from "./errors.js";
import type { OperationName } from "./operations.js";
import { operation } from "./operations.js";
import type { HttpAnswer } from "./transport.js";

const maxReason = 500;

/** Controls, line separators, and characters that turn the direction of text. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of the service as one line of bounded length, with control characters made visible. */
export function oneLine(text: string): string {
  const shown = text
    .slice(0, maxReason)
    .replaceAll(/[\t\r\n]+/g, " ")
    .replaceAll(unsafe, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
  return text.length > maxReason ? `${shown}…` : shown;
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

/** What an answer that is no success says. */
export function errorOf(name: OperationName, path: string, answer: HttpAnswer, outcome: Outcome): ApiError {
  const { method, permissions } = operation(name);
  const { status } = answer;
  const body = errorBody(answer.text);
  const correlationId = header(answer, "inin-correlation-id") ?? stringOf(body.contextId);
  const code = stringOf(body.code);
  return new ApiError({
    operation: name,
    method,
    path,
    outcome,
    status,
    // Not the service's own words: something between us and it has answered.
    code: oneLine(code ?? `http.${status}`),
    reason: oneLine(
      stringOf(body.message) ??
        (code === undefined ? "the answer is not an error body of Genesys Cloud" : code),
    ),
    ...(correlationId === undefined ? {} : { correlationId: oneLine(correlationId) }),
    ...(status === 403 ? { permissions } : {}),
  });
}

export function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
