import type { Json } from "../core/json.js";
import type { ApiAnswer } from "./api.js";
import { correlationIdOf } from "./error-body.js";
import { operation } from "./operations.js";
import type { OperationName } from "./operations.js";
import type { HttpAnswer } from "./transport.js";

/**
 * Reads the answer to a success. Any 2xx will do; a call that only changes something may be answered with nothing.
 *
 * @returns why it can't be read, where its body is not what the operation answers with
 */
export function readAnswer(name: OperationName, answer: HttpAnswer): ApiAnswer | string {
  const { status, text } = answer;
  const { answer: model, safety } = operation(name);
  const correlationId = correlationIdOf(answer);
  const rest = correlationId === undefined ? {} : { correlationId };
  if (model === null || (text === "" && safety === "repeatable")) return { status, body: undefined, ...rest };
  if (text === "") return "the answer is empty";
  const body = parsed(text);
  return typeof body === "object" && body !== null
    ? { status, body, ...rest }
    : "the answer is not JSON of the expected form";
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
