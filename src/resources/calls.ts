import type { CallDraft } from "../core/calls/call.js";
import type { Read } from "../core/kind/read.js";
import type { OperationName } from "../api/operations/operations.js";

/** Returns a call of the operations table. `effects` defaults to none. */
export function call(
  operation: OperationName,
  rest: Omit<CallDraft, "operation" | "effects"> & Partial<Pick<CallDraft, "effects">>,
): CallDraft {
  // Hot path: a literal with every member is made several times faster than one that spreads another object.
  return {
    operation,
    params: rest.params,
    query: rest.query,
    body: rest.body,
    follows: rest.follows,
    after: rest.after,
    while: rest.while,
    captures: rest.captures,
    effects: rest.effects ?? [],
  } satisfies Record<keyof CallDraft, unknown>;
}

/** Returns a read of the operations table. */
export function read(
  operation: OperationName,
  params: Readonly<Record<string, string>> = {},
  rest: Omit<Read, "operation" | "params"> = {},
): Read {
  return { operation, params, ...rest };
}
