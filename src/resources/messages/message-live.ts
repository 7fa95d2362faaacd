import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { sameId } from "../../core/jid.js";
import { elements, textElements, userReferenceIds } from "../attributes.js";
import { roomJid } from "../names.js";
import { canonicalEmoji, isEmoji } from "./emoji.js";

/** A message in a response. Only its id is checked. */
export type Message = JsonObject & { readonly id: string };

/** Returns the messages in a body: a listing, an array, or a single message (as the history of a 1on1 is published). */
export function messagesIn(body: Json): readonly Message[] {
  const list = isArray(body) ? body : isObject(body) && isArray(body["entities"]) ? body["entities"] : [body];
  return list.filter((item): item is Message => isObject(item) && typeof item["id"] === "string");
}

/** Returns the attributes of a live message that can be compared with the declared ones. */
export function decodeMessage(
  resource: ResolvedResource,
  message: Message,
  tokenUser: TokenUser,
): JsonObject {
  const { attributes, applied, container } = resource;
  const thread = referenceId(message, "thread");
  return {
    body: message["body"] ?? "",
    ...(attributes["mentions"] === undefined ? {} : { mentions: decodeMentions(resource, message) }),
    ...(typeof tokenUser === "string" ? { reactions: decodeReactions(resource, message, tokenUser) } : {}),
    ...(attributes["replyTo"] === undefined && applied?.["replyTo"] === undefined
      ? {}
      : { replyTo: applied === undefined ? attributes["replyTo"] : applied["replyTo"] }),
    ...(thread === undefined ? {} : { threadId: thread }),
    ...(applied === undefined && isInAnotherRoom(message, container) ? { toJid: message["toJid"] } : {}),
  };
}

const roomJidPattern = new RegExp(roomJid.pattern);

/**
 * Returns true for a message that shows the jid of another room. Undocumented: whether a room returns the messages of others, and the
 * form of `toJid`. Only a message that is about to be adopted is checked: a recorded one is in its chat.
 */
function isInAnotherRoom({ toJid }: Message, container: ResolvedResource["container"]): boolean {
  if (typeof toJid !== "string" || typeof container !== "string") return false;
  return roomJidPattern.test(toJid) && !sameId(toJid, container);
}

/**
 * Returns the mentioned users. Undocumented: the form of the map; a user named anywhere in it counts as mentioned. If it names no
 * known user but has as many entries as were applied, the applied users are returned.
 */
function decodeMentions({ attributes, applied }: ResolvedResource, message: Message): readonly Json[] {
  const { mentions } = message;
  const last = elements(applied ?? {}, "/mentions");
  if (!isObject(mentions)) return last;
  const texts = new Set([...textsIn(mentions)].map(canonicalUserId));
  const known = [...new Set([...elements(attributes, "/mentions"), ...last])];
  const named = known.filter((id) => typeof id === "string" && texts.has(id));
  return named.length === 0 && Object.keys(mentions).length === last.length ? last : named;
}

/** Returns every text in a value: its strings and the names of its members. */
export function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (isArray(value)) for (const item of value) yield* textsIn(item);
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* textsIn(inner);
    }
  }
}

/**
 * Returns the reactions of the token's user, each written as in the config if it is the same emoji. Undocumented: how the service
 * writes them; if as many unknown names show as applied reactions do not, they are taken for those.
 */
function decodeReactions(
  { attributes, applied }: ResolvedResource,
  message: Message,
  tokenUser: string,
): readonly Json[] {
  const last = textElements(applied ?? {}, "/reactions");
  const written = new Map(
    [...last, ...textElements(attributes, "/reactions")].map((emoji) => [canonicalEmoji(emoji), emoji]),
  );
  const own = reactionsIn(message)
    .filter(({ users }) => userReferenceIds(users).includes(tokenUser))
    .map(({ emoji }) => ({ emoji, declared: written.get(canonicalEmoji(emoji)) }));
  const unknown = own.filter(
    ({ emoji, declared }) => declared === undefined && !isEmoji(canonicalEmoji(emoji)),
  );
  const hidden = last.filter((emoji) => own.every(({ declared }) => declared !== emoji));
  if (unknown.length === 0 || unknown.length !== hidden.length)
    return own.map(({ emoji, declared }) => declared ?? emoji);
  return [
    ...own.filter((one) => !unknown.includes(one)).map(({ emoji, declared }) => declared ?? emoji),
    ...hidden,
  ];
}

function reactionsIn({
  reactions,
}: Message): readonly { readonly emoji: string; readonly users: Json | undefined }[] {
  if (!isArray(reactions)) return [];
  return reactions.flatMap((one) =>
    isObject(one) && typeof one["emoji"] === "string" ? [{ emoji: one["emoji"], users: one["users"] }] : [],
  );
}

/** Returns the id in a member that refers to another entity: `{ id, selfUri }`. */
export function referenceId(message: JsonObject, member: string): string | undefined {
  const reference = message[member];
  return isObject(reference) && typeof reference["id"] === "string" ? reference["id"] : undefined;
}
