import type { Operation } from "../../api/operations/operation.js";
import { addToMultimap } from "../../core/multimap.js";
import { grantFinder } from "../../core/permissions/held-permissions.js";
import type { Json } from "../../core/json/json.js";
import { requestValidators } from "../../generated/requests.cjs";
import { isRoomJid, isUserJid, isUuid } from "../org/ids.js";
import { Refusal, refuse, statusAndCode } from "./refusal.js";
import type { Token } from "../server/tokens.js";
import type { Variants } from "../variants.js";

/** Request bodies of more bytes are refused. Source: the vendor's page on API limits. */
export const bodyLimit = 512_000;

/** Checks that a token has one of the operation's permissions. @throws Refusal 403 that names them */
export function checkPermission(operation: Operation, token: Token): void {
  const { permissions } = operation;
  const held = token.permissions;
  if (held === undefined || permissions.length === 0 || permissions.some((one) => isHeld(one, held))) return;
  const names = permissions.join(", ");
  throw refuse(
    "missing.any.permissions",
    `Unable to perform the requested action. You are missing the following permission(s): ${names}`,
    {
      messageWithParams:
        "Unable to perform the requested action. You are missing the following permission(s): {permissions}",
      messageParams: { permissions: names },
    },
  );
}

function isHeld(permission: string, held: ReadonlySet<string>): boolean {
  if (held.has(permission)) return true;
  return grantFinder([...held].map((one) => ({ permission: one })))(permission).length > 0;
}

const forms: Readonly<Record<string, (id: string) => boolean>> = {
  roomJid: isRoomJid,
  participantJid: isUserJid,
  userId: isUuid,
  messageId: isUuid,
  messageIds: (list) => list.split(",").every(isUuid),
  pinnedMessageId: isUuid,
  threadId: isUuid,
  groupId: isUuid,
  teamId: isUuid,
  queueId: isUuid,
  skillGroupId: isUuid,
};

/** Checks the form of ids in the path. @throws Refusal 400 */
export function checkParams(params: Readonly<Record<string, string>>): void {
  for (const name in params) {
    const value = params[name] ?? "";
    const hasForm = forms[name];
    if (hasForm === undefined || hasForm(value)) continue;
    throw refuse("invalid.value", `Value [${value}] is not valid for field [${name}].`, {
      details: [{ errorCode: "invalid.value", fieldName: name }],
    });
  }
}

/** Parses the query, of which the operation must know every parameter. @throws Refusal 400 */
export function checkQuery(operation: Operation, query: string): ReadonlyMap<string, readonly string[]> {
  if (query === "") return nothing;
  const all = parseQuery(query);
  for (const name of all.keys()) {
    if (!operation.query.includes(name)) {
      throw refuse("invalid.property", `Unknown query parameter: ${name}`);
    }
  }
  return all;
}

const nothing: ReadonlyMap<string, readonly string[]> = new Map();

/** Returns the values of each query parameter, in order. */
export function parseQuery(query: string): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    addToMultimap(all, name, value);
  }
  return all;
}

/** Checks that the media type is JSON in UTF-8. @throws Refusal 415 */
function checkMediaType(contentType: string | undefined): void {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="))?.split("=")[1];
  if (type.trim() === "application/json" && (charset === undefined || charset.trim() === "utf-8")) return;
  throw refuse(
    "unsupported.media.type",
    `Content-Type must be application/json, not ${contentType ?? "missing"}.`,
  );
}

/** Parses the body and checks it against the operation's schema; undefined where the operation takes none. @throws Refusal 400, 415 */
export function checkBody(
  operation: Operation,
  text: string,
  contentType: string | undefined,
  variants: Pick<Variants, "tooManyUsers">,
): Json | undefined {
  if (operation.body === null) {
    if (text !== "") throw refuse("bad.request", "This operation takes no body.");
    return undefined;
  }
  if (text === "") throw refuse("bad.request", "The request needs a body.");
  checkMediaType(contentType);
  const value = parse(text);
  checkModel(operation.body, value, variants);
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refuse("bad.request", "The request could not be understood by the server: the body is not JSON.");
  }
}

function checkModel(model: string, value: Json, variants: Pick<Variants, "tooManyUsers">): void {
  const validate = requestValidators[model];
  if (validate === undefined) throw new Error(`No validator for ${model}. Run npm run build.`);
  if (validate(value)) return;
  const error = validate.errors?.[0];
  const field = (error?.instancePath ?? "").slice(1).replaceAll("/", ".");
  const message = `${field === "" ? "The body" : field} ${error?.message ?? "is not valid"}.`;
  const members = { details: [{ errorCode: error?.keyword ?? "", fieldName: field }] };
  const keyword = error?.keyword ?? "";
  switch (keyword) {
    case "maxItems":
      throw new Refusal(statusAndCode(variants.tooManyUsers), message, { members });
    case "additionalProperties":
      throw refuse("invalid.property", message, members);
    case "enum":
      throw refuse("invalid.value", message, members);
    case "minimum":
    case "maximum":
    case "required":
      throw refuse("constraint.validation", message, members);
    default:
      throw refuse("bad.request", message, members);
  }
}
