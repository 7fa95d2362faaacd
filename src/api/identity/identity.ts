import { canonicalUserId } from "../../core/calls/reference.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { HeldPermissions } from "../../core/permissions/held-permissions.js";
import type { Api } from "../api.js";
import type { Organization } from "../directory/organization.js";
import { readOrganization } from "../directory/organization.js";
import type { ApiError } from "../errors.js";
import { getSubjectPermissions, getUserPermissions } from "./granted-permissions.js";
import { tokenUserRequest } from "./token-user.js";
import type { Allowed } from "./unless-refused.js";
import { unlessRefused } from "./unless-refused.js";

/** The user or OAuth client that a token belongs to, as far as the service tells. */
export interface Identity {
  readonly type: "user" | "client" | "unknown";
  /** Of the user or the OAuth client. */
  readonly id?: string;
  readonly name?: string;
  readonly org?: Organization;
  readonly permissions: HeldPermissions;
}

/**
 * Reads who the token is, its org, and its permissions. Sends two requests for the token of a user, three to five for that of an OAuth
 * client, which need no permission. Undocumented: what each responds to the token of a client; a refusal leaves its part unknown.
 *
 * @throws ApiError when the service cannot be reached, fails or refuses the token, or what responds is not the service
 */
export async function readIdentity(api: Api, signal?: AbortSignal): Promise<Identity> {
  const [owner, org] = await Promise.all([readOwner(api, signal), readOrganization(api, signal)]);
  const { refusal, ...identity } = owner;
  if (refusal !== undefined && org === undefined && isOfEverything(refusal)) throw refusal;
  return { ...identity, ...(org === undefined ? {} : { org }) };
}

/**
 * Reads the permissions of the token. Sends one request, and another where the service does not tell them at once.
 *
 * @throws ApiError when the service cannot be reached, fails or refuses the token
 */
export async function readHeldPermissions(api: Api, signal?: AbortSignal): Promise<HeldPermissions> {
  const ofUser = async (): Promise<HeldPermissions> => getUserPermissions(await readMe(api, signal));
  const ofSubject = (): Promise<HeldPermissions> => readSubject(api, signal);
  return isOfClient(api) ? firstTold(ofSubject, ofUser) : firstTold(ofUser, ofSubject);
}

/** Returns the permissions that one of two readers tells; where neither does, the reason of the first. */
async function firstTold(
  first: () => Promise<HeldPermissions> | HeldPermissions,
  second: () => Promise<HeldPermissions> | HeldPermissions,
): Promise<HeldPermissions> {
  const permissions = await first();
  if (permissions.told) return permissions;
  const others = await second();
  return others.told ? others : permissions;
}

type Owner = Omit<Identity, "org"> & { readonly refusal?: ApiError };

async function readOwner(api: Api, signal: AbortSignal | undefined): Promise<Owner> {
  if (isOfClient(api)) return readClient(api, () => readMe(api, signal), signal);
  const me = await readMe(api, signal);
  const { refusal } = me;
  const body = mayBeUser(refusal) ? await readPlainMe(api, signal) : me.body;
  const id = textIn(body["id"]);
  if (id === undefined) {
    const client = await readClient(api, () => me, signal);
    return refusal === undefined ? client : { ...client, refusal };
  }
  const permissions = await firstTold(
    () => getUserPermissions(me),
    () => readSubject(api, signal),
  );
  return { type: "user", id: canonicalUserId(id), ...named(body), permissions };
}

/** Returns true if a refusal may be of the permissions alone: the token may have a user. */
function mayBeUser(refusal: ApiError | undefined): boolean {
  const { status, code } = refusal?.failure ?? {};
  return (status === 400 || status === 403) && code !== "not.a.user";
}

async function readPlainMe(api: Api, signal: AbortSignal | undefined): Promise<JsonObject> {
  return (await unlessRefused(api, { operation: "getUsersMe" }, signal)).body;
}

async function readClient(
  api: Api,
  readUser: () => Promise<Allowed> | Allowed,
  signal: AbortSignal | undefined,
): Promise<Owner> {
  const [{ body, refusal }, permissions] = await Promise.all([
    unlessRefused(api, { operation: "getTokensMe" }, signal),
    firstTold(
      () => readSubject(api, signal),
      async () => getUserPermissions(await readUser()),
    ),
  ]);
  const told = body["OAuthClient"];
  const client = isObject(told) ? told : {};
  const id = api.endpoint?.clientId ?? textIn(client["id"]);
  return {
    type: id === undefined ? "unknown" : "client",
    ...(id === undefined ? {} : { id }),
    ...named(client),
    permissions,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

async function readSubject(api: Api, signal: AbortSignal | undefined): Promise<HeldPermissions> {
  return getSubjectPermissions(await unlessRefused(api, { operation: "getAuthorizationSubjectsMe" }, signal));
}

function readMe(api: Api, signal: AbortSignal | undefined): Promise<Allowed> {
  return unlessRefused(api, tokenUserRequest, signal);
}

/** Returns whether the credentials are an OAuth client's: its token has no user. */
function isOfClient({ endpoint }: Api): boolean {
  return endpoint?.clientId !== undefined;
}

/**
 * Returns whether a refusal is not about one operation: a 401 is about the token or the address, and without a code of the platform, a
 * proxy or another server may have responded.
 */
function isOfEverything({ failure: { status, code } }: ApiError): boolean {
  return status === 401 || code.startsWith("http.");
}

function named({ name }: JsonObject): { readonly name?: string } {
  const text = textIn(name);
  return text === undefined ? {} : { name: text };
}

function textIn(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
