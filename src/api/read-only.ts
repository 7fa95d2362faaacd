import { InternalError } from "../core/diagnostic.js";
import type { Api } from "./api.js";
import { withCall } from "./api.js";
import { operation } from "./operations/operations.js";

/** Returns the same service, but with every operation refused that is not a read: planning cannot write. */
export function readOnly(api: Api): Api {
  return withCall(api, (request, signal) =>
    operation(request.operation).safety === "read"
      ? api.call(request, signal)
      : Promise.reject(new InternalError(`${request.operation} was called while planning`)),
  );
}
