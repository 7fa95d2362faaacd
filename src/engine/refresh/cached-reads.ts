import type { Api, ApiResponse } from "../../api/api.js";
import { withCall } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";

/** The reads whose result can't change while a client lives: the token's user, org and permissions. */
const unchanging: ReadonlySet<OperationName> = new Set([
  "getUsersMe",
  "getOrganizationsMe",
  "getTokensMe",
  "getAuthorizationSubjectsMe",
]);

/** Returns an API that caches successful reads, for commands that read the same objects twice. */
export function cacheReads(api: Api): Api {
  return cacheMatching(api, (name) => operation(name).safety === "read");
}

/** Returns an API that reads the token's user, org and permissions only once. */
export function cacheTokenReads(api: Api): Api {
  return cacheMatching(api, (name) => unchanging.has(name));
}

function cacheMatching(api: Api, isCached: (name: OperationName) => boolean): Api {
  const responses = new Map<string, Promise<ApiResponse>>();
  return withCall(api, (request, signal) => {
    if (!isCached(request.operation)) return api.call(request, signal);
    const key = JSON.stringify([request.operation, request.params, request.query, request.body]);
    const cached = responses.get(key);
    if (cached !== undefined) return cached;
    const response = api.call(request, signal);
    responses.set(key, response);
    // The next read is sent again after a failure, except one that cannot change: the token of an OAuth client never has a user.
    void response.catch((error: unknown) => {
      if (!(error instanceof ApiError && error.failure.code === "not.a.user")) responses.delete(key);
    });
    return response;
  });
}
