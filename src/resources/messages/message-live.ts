import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { World } from "../../core/kind/resource-change.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { elements, userReferenceIds } from "../attributes.js";
import { canonicalEmoji, isEmoji } from "./emoji.js";

/** A message of an answer: its id is known, everything else is looked at before it is trusted. */
export type Message = JsonObject & { readonly id: string };

/** The messages in an answer: a listing, an array, or a single one (as a 1on1's history is published). */
export function messagesIn(body: Json): readonly Message[] {
  const list = isArray(body) ? body : isObject(body) && isArray(body["entities"]) ? body["entities"] : [body];
  return list.filter((item): item is Message => isObject(item) && typeof item["id"] === "string");
}

/** A live message's attributes, as far as they can be compared to what is declared. */
export function decodeMessage(resource: ResolvedResource, message: Message, { actor }: World): JsonObject {
  const { attributes, applied } = resource;
  const thread = referenceId(message, "thread");
  return {
    body: message["body"] ?? "",
    ...(attributes["mentions"] === undefined ? {} : { mentions: decodeMentions(resource, message) }),
    ...(typeof actor === "string" ? { reactions: decodeReactions(resource, message, actor) } : {}),
    ...(attributes["replyTo"] === undefined && applied?.["replyTo"] === undefined
      ? {}
      : { replyTo: applied === undefined ? attributes["replyTo"] : applied["replyTo"] }),
    ...(thread === undefined ? {} : { threadId: thread }),
  };
}

/**
 * Who is mentioned. The map's form is not documented: whoever is named anywhere in it is mentioned. Where it names nobody
 * that is known, but as many as were applied, those are meant.
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

/** Every text in a value: its strings and the names of its members. */
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
 * The acting user's reactions, written as the files write them where they mean the same. Nobody outside knows how the
 * service writes them: as many that can't be read as were applied and don't show are taken to be those.
 */
function decodeReactions(
  { attributes, applied }: ResolvedResource,
  message: Message,
  actor: string,
): readonly Json[] {
  const last = texts(applied ?? {});
  const written = new Map([...last, ...texts(attributes)].map((emoji) => [canonicalEmoji(emoji), emoji]));
  const own = reactionsIn(message)
    .filter(({ users }) => userReferenceIds(users).includes(actor))
    .map(({ emoji }) => ({ emoji, same: written.get(canonicalEmoji(emoji)) }));
  const unreadable = own.filter(({ emoji, same }) => same === undefined && !isEmoji(canonicalEmoji(emoji)));
  const hidden = last.filter((emoji) => own.every(({ same }) => same !== emoji));
  if (unreadable.length === 0 || unreadable.length !== hidden.length)
    return own.map(({ emoji, same }) => same ?? emoji);
  return [
    ...own.filter((one) => !unreadable.includes(one)).map(({ emoji, same }) => same ?? emoji),
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

/** The id in a reference to another thing: `{ id, selfUri }`. */
export function referenceId(message: JsonObject, member: string): string | undefined {
  const reference = message[member];
  return isObject(reference) && typeof reference["id"] === "string" ? reference["id"] : undefined;
}

function texts(attributes: JsonObject): readonly string[] {
  return elements(attributes, "/reactions").filter((emoji) => typeof emoji === "string");
}
