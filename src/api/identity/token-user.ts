import type { ApiRequest } from "../api.js";

/**
 * The request for the token's user and their permissions. Every reader sends this one, so that a run makes it once. The token of an OAuth
 * client is refused with 400 `not.a.user`.
 */
export const tokenUserRequest = {
  operation: "getUsersMe",
  query: { expand: "authorization" },
} as const satisfies ApiRequest;
