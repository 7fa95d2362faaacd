import { isDeeperThan } from "../core/json/json-depth.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { HttpResponse } from "../http/message.js";
import { bodyText } from "../http/message.js";
import type { ApiResponse } from "./api.js";
import type { ResponseModel } from "./operations/models.js";
import { oneLine, redacted } from "./error-body.js";
import type { OperationName } from "./operations/operations.js";
import { operation } from "./operations/operations.js";

/** No response of the service nests deeper than a handful of levels. */
const maxDepth = 100;

/**
 * Reads the response of a success, whatever 2xx it is. The response to a call that only changes something may be empty.
 *
 * @returns the reason why it is unusable, where its body is not what the operation responds with
 */
export function readResponse(name: OperationName, response: HttpResponse): ApiResponse | string {
  const { status } = response;
  const text = bodyText(response);
  const { response: model, safety } = operation(name);
  if (text === "" && (model === null || safety === "repeatable")) return { status, body: undefined };
  if (text === "") return "the response is empty";
  // Each level takes a bracket at either end.
  if (text.length > 2 * maxDepth && isDeeperThan(text, maxDepth))
    return `the response nests more than ${maxDepth} levels of JSON`;
  const body = parseBody(text);
  if (isErrorBody(body)) {
    const code = oneLine(redacted(body.code, [response.secret ?? ""]));
    return `the response has status ${status} and an error body (${code})`;
  }
  // Undocumented: whether the service sends a body where none is published. A web page comes from a proxy or a gateway.
  if (model === null && !/^\s*</.test(text)) return { status, body: undefined };
  return body !== undefined && model !== null && hasForm(name, model, body)
    ? { status, body }
    : "the response is not JSON of the expected form";
}

/** Returns true for the service's error body, which a gateway may send with the status of a success. No model has these members. */
function isErrorBody(body: Json | undefined): body is { readonly code: string } {
  if (!isObject(body) || typeof body["code"] !== "string") return false;
  const { status, contextId } = body;
  return typeof contextId === "string" || (typeof status === "number" && status >= 400);
}

/**
 * Checks the members of a body that would be mistaken for something else if they were missing: a room without its id would look
 * deleted, a list without its items empty. Nothing else is checked here, as most of the API is undocumented and members may be
 * added; the readers of a member check its type, and take a wrong one for unknown.
 */
function hasForm(name: OperationName, model: ResponseModel, body: Json): boolean {
  if (histories.has(name)) return isArray(body) || isObject(body);
  if (model === "UserList" && isArray(body)) return true;
  return isObject(body) && (forms[model]?.(body) ?? true);
}

const forms: Readonly<Partial<Record<ResponseModel, (body: JsonObject) => boolean>>> = {
  Room: ({ jid, id }) => isText(jid) || isText(id),
  ChatMessageEntityListing: isListing("entities"),
  EntityListing: isListing("entities"),
  UserList: isListing("entities"),
  UsersSearchResponse: isListing("results"),
  GroupsSearchResponse: isListing("results"),
};

/** Histories, whose body is published as a listing in one place and as a single message in another. */
const histories: ReadonlySet<OperationName> = new Set([
  "getChatsRoomMessages",
  "getChatsUserMessages",
  "getChatsThreadMessages",
]);

function isListing(member: string) {
  return (body: JsonObject): boolean => isArray(body[member]) || body["total"] === 0;
}

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}

function parseBody(text: string): Json | undefined {
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text) as Json;
  } catch {
    return undefined;
  }
}
