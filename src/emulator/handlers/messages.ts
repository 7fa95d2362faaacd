import type { RequestBody } from "../../api/operations/models.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { toShownEmoji } from "../org/emoji.js";
import type { OperationCall, Handlers } from "../handler.js";
import { pathParam, entityRef } from "../handler.js";
import { historyPage } from "../org/history.js";
import type { FoundMessage } from "../org/lookup.js";
import {
  findMessage,
  requireMessage,
  requireUser,
  findOrMakeOneOnOne,
  findOneOnOne,
  findRoom,
} from "../org/lookup.js";
import type { Chat, Message } from "../org/org.js";
import { notFound, refuse } from "../input/refusal.js";
import { checkLength } from "./rooms.js";
import { storedText } from "../org/stored-text.js";

type Send = OperationCall<RequestBody<"SendMessageBody">>;

/** Returns a message in the form of the API. */
function show(call: OperationCall<unknown>, { message, content }: FoundMessage): JsonObject {
  const { org, variants } = call;
  const { chat } = message;
  const author = org.users.get(content.authorId);
  const other =
    chat.type === "oneOnOne"
      ? chat.users[0] === content.authorId
        ? chat.users[1]
        : chat.users[0]
      : undefined;
  const toJid = chat.type === "oneOnOne" ? org.users.get(other ?? "")?.jabberId : chat.jid;
  const parent = content.parentThreadId;
  return {
    id: message.id,
    dateCreated: new Date(content.dateCreated).toISOString(),
    ...(content.dateModified !== undefined && {
      dateModified: new Date(content.dateModified).toISOString(),
    }),
    toJid: toJid ?? "",
    jid: author?.jabberId ?? content.authorId,
    body: content.body,
    mentions: Object.fromEntries(content.mentions.map((id) => [id, org.users.get(id)?.name ?? ""])),
    edited: content.dateModified !== undefined,
    attachmentDeleted: false,
    thread: { id: content.threadId },
    ...(parent !== undefined && { parentThread: { id: parent } }),
    ...(author && { user: entityRef("users", author.id) }),
    ...(other !== undefined && { toUser: entityRef("users", other) }),
    reactions: [...content.reactions].map(([emoji, users]) => ({
      emoji: toShownEmoji(emoji, variants.reactionsRead),
      users: users.map((id) => entityRef("users", id)),
    })),
  };
}

function history(call: OperationCall<unknown>, messages: readonly Message[]): JsonObject[] {
  return historyPage(call, messages).map((found) => show(call, found));
}

/** Returns the history of a 1on1, in the shape of the variant `oneOnOneHistory`. */
function oneOnOneHistory(call: OperationCall<unknown>): Json {
  const all = history(call, findOneOnOne(call).messages);
  const newest = call.variants.historyOrder === "newest-first" ? all[0] : all.at(-1);
  switch (call.variants.oneOnOneHistory) {
    case "listing":
      return { entities: all };
    case "array":
      return all;
    case "single":
      return newest ?? { entities: [] };
  }
}

function batch(call: OperationCall<unknown>, chat: Chat): JsonObject {
  const ids = [...new Set(pathParam(call, "messageIds").split(","))];
  const searched = call.variants.messagesById === "own" ? chat : undefined;
  const entities = ids.flatMap((id) => {
    const found = findMessage(call.org, id, "seen", searched);
    if (found === undefined && call.variants.missingInBatch === "404") throw notFound("message", id);
    return found === undefined ? [] : [show(call, found)];
  });
  return { entities };
}

function checkBody(call: Send): void {
  if (call.body.message === "") throw refuse("invalid.value", "The message must not be empty.");
  checkLength("message", call.body.message, call.variants.messageLimit);
  for (const id of call.body.mentions ?? []) {
    if (call.org.users.get(id) === undefined)
      throw refuse("invalid.value", `Unknown user in mentions: ${id}`);
    requireUser(call, id, call.variants.departedInBody);
  }
}

/** Returns the ids of a new message's thread and of its parent. */
function threads(call: Send, chat: Chat): { readonly threadId: string; readonly parentThreadId?: string } {
  const { threadId } = call.body;
  if (threadId === undefined) return { threadId: call.org.ids.uuid() };
  const isThread = chat.messages.some((message) => message.content.latest()?.threadId === threadId);
  if (!isThread) throw notFound("thread", threadId);
  if (call.variants.replies === "same-thread") return { threadId };
  return { threadId: call.org.ids.uuid(), parentThreadId: threadId };
}

function send(call: Send, chat: Chat): Json {
  checkBody(call);
  const thread = threads(call, chat);
  const message = call.org.addMessage(chat);
  message.content.write({
    authorId: call.caller.id,
    body: storedText(call.variants, call.body.message),
    mentions: [...new Set(call.body.mentions ?? [])],
    dateCreated: call.org.now(),
    ...thread,
    reactions: new Map(),
  });
  return { id: message.id };
}

/** Returns the message of the path. @throws Refusal 404, or 403 where the caller may not change it */
function requireChangeable(call: OperationCall<unknown>, chat: Chat): FoundMessage {
  const found = requireMessage(call.org, pathParam(call, "messageId"), "latest", chat);
  if (
    call.variants.othersMessages === "refuse" &&
    call.caller.isUser &&
    found.content.authorId !== call.caller.id
  ) {
    throw refuse("not.authorized", "Only the sender of a message can change it.");
  }
  return found;
}

function edit(call: Send, chat: Chat): Json {
  checkBody(call);
  const { message, content } = requireChangeable(call, chat);
  const age = call.org.now() - content.dateCreated;
  if (call.variants.editSeconds > 0 && age > call.variants.editSeconds * 1000) {
    throw refuse(
      "request.conflict",
      `A message can be edited for ${call.variants.editSeconds} seconds only.`,
    );
  }
  message.content.write({
    ...content,
    body: storedText(call.variants, call.body.message),
    mentions: [...new Set(call.body.mentions ?? content.mentions)],
    dateModified: call.org.now(),
  });
  return { id: message.id };
}

/** Deletes a message and its pin. */
function remove(call: OperationCall<unknown>, chat: Chat): Json | undefined {
  const { message } = requireChangeable(call, chat);
  message.content.write(undefined);
  const pins = chat.pins.latest();
  if (pins.includes(message.id)) chat.pins.write(pins.filter((id) => id !== message.id));
  return undefined;
}

function threadMessages(call: OperationCall<unknown>): Json {
  const threadId = pathParam(call, "threadId");
  const all = [...call.org.messages.values()].filter((message) => {
    const content = message.content.latest();
    return content?.threadId === threadId || content?.parentThreadId === threadId;
  });
  if (all.length === 0) throw notFound("thread", threadId);
  return { entities: history(call, all) };
}

export const messageHandlers: Handlers<
  | "getChatsRoomMessages"
  | "getChatsRoomMessage"
  | "postChatsRoomMessages"
  | "patchChatsRoomMessage"
  | "deleteChatsRoomMessage"
  | "getChatsUser"
  | "getChatsUserMessages"
  | "getChatsUserMessage"
  | "postChatsUserMessages"
  | "patchChatsUserMessage"
  | "deleteChatsUserMessage"
  | "getChatsThreadMessages"
  | "getChatsMessage"
> = {
  getChatsRoomMessages: (call) => ({ entities: history(call, findRoom(call, "seen").room.messages) }),
  getChatsRoomMessage: (call) => batch(call, findRoom(call, "seen").room),
  postChatsRoomMessages: (call) => send(call, findRoom(call, "latest").room),
  patchChatsRoomMessage: (call) => edit(call, findRoom(call, "latest").room),
  deleteChatsRoomMessage: (call) => remove(call, findRoom(call, "latest").room),
  getChatsUser: (call) => ({
    pinnedMessages: findOneOnOne(call)
      .pins.seen()
      .map((id) => entityRef("chats/messages", id)),
  }),
  getChatsUserMessages: oneOnOneHistory,
  getChatsUserMessage: (call) => batch(call, findOneOnOne(call)),
  postChatsUserMessages: (call) => send(call, findOrMakeOneOnOne(call)),
  patchChatsUserMessage: (call) => edit(call, findOneOnOne(call)),
  deleteChatsUserMessage: (call) => remove(call, findOneOnOne(call)),
  getChatsThreadMessages: threadMessages,
  getChatsMessage: (call) => show(call, requireMessage(call.org, pathParam(call, "messageId"), "seen")),
};
