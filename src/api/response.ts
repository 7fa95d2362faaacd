import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import { isDeeperThan } from "../core/json/json-depth.js";
import type { ApiResponse } from "./api.js";
import { correlationIdOf } from "./error-body.js";
import type { AnswerModel } from "./operations/models.js";
import { operation } from "./operations/operations.js";
import type { OperationName } from "./operations/operations.js";
import type { HttpResponse } from "../http/message.js";

/** No answer of the service nests deeper than a handful of levels. */
const maxDepth = 100;

/**
 * Reads the answer to a success. Any 2xx will do; a call that only changes something may be answered with nothing.
 *
 * @returns why it can't be read, where its body is not what the operation answers with
 */
export function readResponse(name: OperationName, answer: HttpResponse): ApiResponse | string {
  const { status, text } = answer;
  const { answer: model, safety } = operation(name);
  const correlationId = correlationIdOf(answer);
  const rest = correlationId === undefined ? {} : { correlationId };
  if (model === null || (text === "" && safety === "repeatable")) return { status, body: undefined, ...rest };
  if (text === "") return "the answer is empty";
  if (isDeeperThan(text, maxDepth)) return `the answer nests more than ${maxDepth} levels of JSON`;
  const body = parsed(text);
  return body !== undefined && hasForm(name, model, body)
    ? { status, body, ...rest }
    : "the answer is not JSON of the expected form";
}

/**
 * Whether an answer is what the operation answers with, as far as it would be mistaken for something else if it were not: a
 * room without its id for one that is gone, a list without a list for an empty one.
 */
function hasForm(name: OperationName, model: AnswerModel, body: Json): boolean {
  // A history is published as a listing in one place and as a single message in another.
  if (histories.has(name)) return isArray(body) || isObject(body);
  if (!isObject(body)) return false;
  return forms[model]?.(body) ?? true;
}

const listing = (member: string) => (body: JsonObject) => isArray(body[member]) || body["total"] === 0;

const forms: Readonly<Partial<Record<AnswerModel, (body: JsonObject) => boolean>>> = {
  Room: (body) => isText(body["jid"]) || isText(body["id"]),
  ChatMessageEntityListing: listing("entities"),
  EntityListing: listing("entities"),
  UsersSearchResponse: listing("results"),
  GroupsSearchResponse: listing("results"),
};

const histories: ReadonlySet<OperationName> = new Set([
  "getChatsRoomMessages",
  "getChatsUserMessages",
  "getChatsThreadMessages",
]);

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as Json;
  } catch {
    return undefined;
  }
}
