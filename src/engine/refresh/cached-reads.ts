import type { Api, ApiResponse } from "../../api/api.js";
import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";

/** The reads whose result can't change while a client lives: the token's user and org. */
const steady: ReadonlySet<OperationName> = new Set(["getUsersMe", "getOrganizationsMe", "getTokensMe"]);

/** Returns an API that caches successful reads, for commands that read the same objects twice. */
export function cacheReads(api: Api): Api {
  return keeping(api, (name) => operation(name).safety === "read");
}

/** The same service, but the token's user and org are read only once. */
export function cacheTokenReads(api: Api): Api {
  return keeping(api, (name) => steady.has(name));
}

function keeping(api: Api, keeps: (name: OperationName) => boolean): Api {
  const responses = new Map<string, Promise<ApiResponse>>();
  return {
    async call(request, signal) {
      if (!keeps(request.operation)) return api.call(request, signal);
      const key = JSON.stringify([request.operation, request.params, request.query, request.body]);
      const known = responses.get(key);
      if (known !== undefined) return known;
      const asked = api.call(request, signal);
      responses.set(key, asked);
      // Failures are not cached: the next read is sent again.
      void asked.catch(() => responses.delete(key));
      return asked;
    },
    ...(api.endpoint === undefined ? {} : { endpoint: api.endpoint }),
    budget: () => api.budget(),
    serviceTime: () => api.serviceTime(),
    close: () => api.close(),
  };
}
