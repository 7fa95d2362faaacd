import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";

/** The response to a read that the token may not be allowed to make. */
export interface Allowed {
  /** The body; empty where the service refused, or responded with anything but an object. */
  readonly body: JsonObject;
  readonly refusal?: ApiError;
}

/**
 * Makes a request whose refusal stops nothing.
 *
 * @throws ApiError when the service cannot be reached, or fails
 */
export async function unlessRefused(api: Api, request: ApiRequest, signal?: AbortSignal): Promise<Allowed> {
  try {
    const { body } = await api.call({ ...request, optional: true }, signal);
    return { body: isObject(body) ? body : {} };
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return { body: {}, refusal: error };
    throw error;
  }
}

/** Returns whether the token may not make the request. A token that is missing or has ended, and a throttle, are failures instead. */
function isRefusal({ failure: { operation, status = 0, credentialsEnded } }: ApiError): boolean {
  if (operation === "oauth.token" || credentialsEnded === true) return false;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
