import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";
import { tokenUserRequest } from "../identity/token-user.js";
import type { DirectoryUser } from "./directory-user.js";
import { toUsers } from "./directory-user.js";
import type { SearchedField } from "./exact-search.js";
import { ExactSearch, loginNames, userEmails } from "./exact-search.js";

/**
 * Finds users by e-mail, in batches. An e-mail may be given in several spellings.
 *
 * @returns the users of each e-mail, which is in lower case: none, one, or several
 * @throws ApiError
 */
export async function resolveUsers(
  api: Api,
  emails: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  return findUsers(api, userEmails, emails, signal);
}

/**
 * Finds users by login name, which may differ from the e-mail, like `resolveUsers`.
 *
 * @throws ApiError
 */
export async function findLoginNames(
  api: Api,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  try {
    return await findUsers(api, loginNames, names, signal);
  } catch (error) {
    // Undocumented: whether every org can be searched for login names. A refused search finds nobody.
    if (error instanceof ApiError && error.failure.status === 400) return new Map();
    throw error;
  }
}

async function findUsers(
  api: Api,
  searched: SearchedField,
  written: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
  const spellings = written.flatMap((one) => [one.toLowerCase(), one]);
  const found = await new ExactSearch(api, searched, spellings, signal).run();
  return new Map([...found].map(([key, users]) => [key, toUsers(users)]));
}

/**
 * Reads the token's user.
 *
 * @returns the user's id; null where the service responds that the token has no user
 * @throws ApiError when the service does not tell
 */
export async function readTokenUser(api: Api, signal?: AbortSignal): Promise<string | null> {
  const { id } = await readMe(api, signal);
  return typeof id === "string" ? canonicalUserId(id) : null;
}

async function readMe(
  api: Api,
  signal: AbortSignal | undefined,
  request: ApiRequest = tokenUserRequest,
): Promise<JsonObject> {
  try {
    const { body } = await api.call(request, signal);
    return isObject(body) ? body : {};
  } catch (error) {
    // Only the permissions may be refused.
    if (isRefusedExpansion(error, request)) return readMe(api, signal, { operation: "getUsersMe" });
    // 400 not.a.user for the token of an OAuth client. Undocumented: whether other codes mean the same.
    if (error instanceof ApiError && [400, 403, 404].includes(error.failure.status ?? 0)) return {};
    throw error;
  }
}

/** Returns true if the service refuses a request with an expansion for another reason than a token without a user. */
function isRefusedExpansion(error: unknown, { query }: ApiRequest): boolean {
  if (!(error instanceof ApiError) || query === undefined) return false;
  const { status, code } = error.failure;
  return (status === 400 || status === 403) && code !== "not.a.user";
}
