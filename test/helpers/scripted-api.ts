import type { Api, ApiRequest, ApiResponse } from "../../src/api/api.js";
import { ApiError } from "../../src/api/errors.js";
import type { Json } from "../../src/core/json/json.js";

/** A service whose responses come from a function, with a log of the requests. */
export class ScriptedApi implements Api {
  readonly requests: ApiRequest[] = [];
  readonly #respond: (request: ApiRequest) => Promise<Json | undefined> | Json | undefined;

  /** @param respond gives the body of a success; throws for a refusal */
  constructor(respond: (request: ApiRequest) => Promise<Json | undefined> | Json | undefined) {
    this.#respond = respond;
  }

  async call(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request);
    await Promise.resolve();
    return { status: 200, body: await this.#respond(request) };
  }

  /** Counts the requests by operation. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.requests) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  budget(): undefined {
    return undefined;
  }

  serviceTime: Api["serviceTime"] = () => undefined;

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The error of a refused request. */
export function refusal(status: number, code: string, permissions?: readonly string[]): ApiError {
  return new ApiError({
    ...{ operation: "x", method: "GET", path: "/x", outcome: "refused", reason: "no" },
    ...{ status, code, ...(permissions === undefined ? {} : { permissions }) },
  });
}
