import { helperOperations } from "./helper-operations.js";
import { messageOperations } from "./message-operations.js";
import type { Operation } from "./operation.js";
import { roomOperations } from "./room-operations.js";

/**
 * Every operation that chatform uses: the one table that the client, `chatform api`, the emulator's router and the docs read.
 * Source: the vendor's OpenAPI description (July 2026).
 */
export const operations = { ...roomOperations, ...messageOperations, ...helperOperations } as const;

export type OperationName = keyof typeof operations;

/** Returns whether a string names an operation. */
export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** Returns an operation, with the table's literal types widened. */
export function operation(name: OperationName): Operation {
  return operations[name];
}

/**
 * Returns the path of a request, with each parameter percent-encoded, so that none can reach another operation. Several message ids
 * are separated by plain commas, as the contract says.
 *
 * @throws RangeError for a parameter that is missing, empty, or a dot segment (which URL parsers resolve even encoded).
 */
export function buildPath(name: OperationName, params: Readonly<Record<string, string>>): string {
  let path = "";
  for (const [at, part] of pathParts(name).entries())
    path += at % 2 === 0 ? part : encodeParam(name, part, params[part] ?? "");
  return path;
}

/** @throws RangeError */
function encodeParam(name: OperationName, param: string, value: string): string {
  if (value === "" || value === "." || value === "..") {
    throw new RangeError(
      `${name}: path parameter ${param} is missing or not an id: ${JSON.stringify(value)}`,
    );
  }
  return param === "messageIds"
    ? value.split(",").map(encodeURIComponent).join(",")
    : encodeURIComponent(value);
}

/** Returns the names of an operation's path parameters, in their order. */
export function pathParams(name: OperationName): readonly string[] {
  return pathParts(name).filter((_part, at) => at % 2 === 1);
}

/** The parts of paths, by operation: thousands of paths are built of the same few templates. */
const parts = new Map<OperationName, readonly string[]>();

/** Returns the parts of an operation's path: texts and, between them, names of parameters. */
function pathParts(name: OperationName): readonly string[] {
  let known = parts.get(name);
  if (known === undefined) {
    known = operation(name).path.split(/\{(\w+)\}/);
    parts.set(name, known);
  }
  return known;
}
