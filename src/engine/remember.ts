import type { Api, ApiAnswer } from "../api/api.js";
import { operation } from "../api/operations.js";

/** The same service, but a read that was answered is not made again: for commands that look at the same things twice. */
export function remembering(api: Api): Api {
  const answers = new Map<string, Promise<ApiAnswer>>();
  return {
    async call(request, signal) {
      if (operation(request.operation).safety !== "read") return api.call(request, signal);
      const key = JSON.stringify([request.operation, request.params, request.query, request.body]);
      const known = answers.get(key) ?? api.call(request, signal);
      answers.set(key, known);
      return known;
    },
    budget: () => api.budget(),
    close: () => api.close(),
  };
}
