import type { CallDraft } from "../core/calls/call.js";
import type { Read } from "../core/kind/read.js";
import type { OperationName } from "../api/operations/operations.js";

/** A call whose operation is checked against the table. `effects` defaults to none. */
export function call(
  operation: OperationName,
  rest: Omit<CallDraft, "operation" | "effects"> & Partial<Pick<CallDraft, "effects">>,
): CallDraft {
  return { effects: [], ...rest, operation };
}

/** A read whose operation is checked against the table. */
export function read(
  operation: OperationName,
  params: Readonly<Record<string, string>> = {},
  rest: Omit<Read, "operation" | "params"> = {},
): Read {
  return { operation, params, ...rest };
}
