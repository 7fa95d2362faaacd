import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { getOrgDomain } from "../../core/jid.js";
import type { Api, ApiRequest } from "../api.js";
import { tokenUserRequest } from "../identity/token-user.js";
import { unlessRefused } from "../identity/unless-refused.js";

/** An org as the service names it. */
export interface Organization {
  /** In lower case. */
  readonly id: string;
  readonly name?: string;
}

/**
 * Reads the token's org: from GET /organizations/me, or where that is refused or names none, from GET /tokens/me.
 *
 * @returns undefined where neither names one. Undocumented: what each responds to the token of an OAuth client
 * @throws ApiError when the service cannot be reached, or fails
 */
export async function readOrganization(api: Api, signal?: AbortSignal): Promise<Organization | undefined> {
  const own = organizationIn((await unlessRefused(api, { operation: "getOrganizationsMe" }, signal)).body);
  if (own !== undefined) return own;
  return organizationIn(
    (await unlessRefused(api, { operation: "getTokensMe" }, signal)).body["organization"],
  );
}

/** The number of users that are read to find one with a jid. */
const usersToTry = "25";

/**
 * Reads the org's domain in jids: from the jid of the token's user, or of any user.
 *
 * @returns the domain in lower case; undefined where no jid is shown
 * @throws ApiError when the service cannot be reached, or fails
 */
export async function readChatDomain(api: Api, signal?: AbortSignal): Promise<string | undefined> {
  const own = domainIn((await unlessRefused(api, tokenUserRequest, signal)).body);
  if (own !== undefined) return own;
  const request: ApiRequest = { operation: "getUsers", query: { pageSize: usersToTry } };
  const { entities } = (await unlessRefused(api, request, signal)).body;
  return (isArray(entities) ? entities : []).map(domainIn).find((domain) => domain !== undefined);
}

/** The most characters of an id or a name that is kept, shown or compared. */
const maxLength = 200;

function organizationIn(value: Json | undefined): Organization | undefined {
  if (!isObject(value)) return undefined;
  const [id, name] = [textIn(value["id"]), textIn(value["name"])];
  if (id === undefined) return undefined;
  return { id: id.toLowerCase(), ...(name === undefined ? {} : { name }) };
}

function textIn(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" || text.length > maxLength ? undefined : text;
}

function domainIn(user: Json): string | undefined {
  const chat = isObject(user) ? user["chat"] : undefined;
  const jid = isObject(chat) ? chat["jabberId"] : undefined;
  return typeof jid === "string" && jid.length <= maxLength ? getOrgDomain(jid) : undefined;
}
