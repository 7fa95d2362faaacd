import type { CallDraft } from "../core/calls/call.js";
import type { Read } from "../core/kind/read.js";
import type { OperationName } from "../api/operations/operations.js";

/** Returns a call of the operations table. `effects` defaults to none. */
export function call(
  operation: OperationName,
  rest: Omit<CallDraft, "operation" | "effects"> & Partial<Pick<CallDraft, "effects">>,
): CallDraft {
  return { effects: [], ...rest, operation };
}

/** Returns a read of the operations table. */
export function read(
  operation: OperationName,
  params: Readonly<Record<string, string>> = {},
  rest: Omit<Read, "operation" | "params"> = {},
): Read {
  return { operation, params, ...rest };
}
