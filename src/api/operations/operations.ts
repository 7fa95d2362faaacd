import { helperOperations } from "./helper-operations.js";
import { messageOperations } from "./message-operations.js";
import type { AnswerModel, RequestModel } from "./models.js";
import { roomOperations } from "./room-operations.js";

/**
 * Every operation that chatform uses: the one table that the client, `chatform api`, the emulator's router and the docs
 * read. Source: the vendor's OpenAPI description (July 2026).
 */
export interface Operation {
  /** `chat`: one of the 32 of the chat API. `helper`: finds users, groups and rooms, or tells the token's user and org. */
  readonly group: "chat" | "helper";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Template with `{parameters}`. */
  readonly path: string;
  /** Names of query parameters. */
  readonly query: readonly string[];
  /** Any one of these is enough; empty: none is needed. */
  readonly permissions: readonly string[];
  readonly body: RequestModel | null;
  readonly success: 200 | 204;
  readonly answer: AnswerModel | null;
  /** `read`; `repeatable`: a second call does no harm; `creates`: a second call makes a second thing. */
  readonly safety: "read" | "repeatable" | "creates";
  readonly summary: string;
}

export const operations = { ...roomOperations, ...messageOperations, ...helperOperations } as const;

export type OperationName = keyof typeof operations;

/** Whether a string names an operation. */
export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** The operation of that name, with the table's literal types widened. */
export function operation(name: OperationName): Operation {
  return operations[name];
}

/**
 * The path of a request: each parameter percent-encoded, so that none can reach another operation. Several message ids
 * are separated by plain commas, as the contract says.
 *
 * @throws RangeError for a parameter that is missing, empty, or a dot segment (which URL parsers resolve even encoded).
 */
export function pathOf(name: OperationName, params: Readonly<Record<string, string>>): string {
  return operation(name).path.replaceAll(/\{(\w+)\}/g, (_template, param: string) => {
    const value = params[param] ?? "";
    if (value === "" || value === "." || value === "..") {
      throw new RangeError(
        `${name}: path parameter ${param} is missing or not an id: ${JSON.stringify(value)}`,
      );
    }
    return param === "messageIds"
      ? value.split(",").map(encodeURIComponent).join(",")
      : encodeURIComponent(value);
  });
}

/** The names of an operation's path parameters, in their order. */
export function pathParams(name: OperationName): readonly string[] {
  return [...operation(name).path.matchAll(/\{(\w+)\}/g)].flatMap(([, param]) => param ?? []);
}
