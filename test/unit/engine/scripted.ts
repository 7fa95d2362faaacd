import type { Api, ApiResponse, ApiRequest } from "../../../src/api/api.js";
import { ApiError } from "../../../src/api/errors.js";
import type { Json } from "../../../src/core/json/json.js";

/** A service whose responses come from a function, with a log. */
export class Scripted implements Api {
  readonly requests: ApiRequest[] = [];
  readonly #respond: (request: ApiRequest) => Json;

  constructor(respond: (request: ApiRequest) => Json) {
    this.#respond = respond;
  }

  async call(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request);
    await Promise.resolve();
    return { status: 200, body: this.#respond(request) };
  }

  /** The number of calls by operation. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.requests) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  budget(): undefined {
    return undefined;
  }

  serviceTime(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function refusal(status: number, code: string): ApiError {
  const request = { operation: "x", method: "GET", path: "/", outcome: "refused" } as const;
  return new ApiError({ ...request, status, code, reason: "no" });
}
