import type { CallDraft } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind.js";
import type { Id } from "../../core/calls/reference.js";
import { resourceRef } from "../../core/calls/reference.js";
import { changedAttributes, elements, pick, setEffects } from "../attributes.js";
import { call } from "../call.js";
import type { ChatScope } from "./chat-scope.js";
import { inRoom, reactionsEnabled, unpinned } from "../conditions.js";

/**
 * The calls of a message's change.
 *
 *   create:  POST message -> GET it, if others reply to it: only that tells its thread
 *                         -> PUT reactions
 *   update:  PATCH message, PUT reactions
 */
export function messageCalls(chat: ChatScope, move: ResourceChange): readonly CallDraft[] {
  switch (move.type) {
    case "create":
      return createCalls(chat, move);
    case "update":
      return updateCalls(chat, move);
    case "delete":
      return [
        call(chat.remove, {
          params: { ...inChat(chat, move), messageId: move.subject.id ?? "" },
          while: [...inRoom(chat, move), unpinned(chat, move.subject)],
        }),
      ];
    default:
      return move.type satisfies never;
  }
}

function createCalls(chat: ChatScope, move: ResourceChange): readonly CallDraft[] {
  const { subject, after } = move;
  const { replyTo } = after;
  const id = resourceRef(subject.address, "id");
  const thread = typeof replyTo === "string" ? { threadId: resourceRef(replyTo, "threadId") } : {};
  const post = call(chat.post, {
    params: inChat(chat, move),
    body: { ...sendBody(after), ...thread },
    captures: { id: "/id" },
    while: inRoom(chat, move, elements(after, "/mentions")),
    effects: setEffects(pick(after, ["body", "mentions", "replyTo"])),
  });
  const look =
    subject.options?.["replied"] === true
      ? [
          call("getChatsMessage", {
            params: { messageId: id },
            captures: { threadId: "/thread/id" },
            follows: [0],
          }),
        ]
      : [];
  const reactions = after["reactions"];
  const none = reactions === undefined || (Array.isArray(reactions) && reactions.length === 0);
  return [post, ...look, ...(none ? [] : [reactionsCall(chat, move, id, [0])])];
}

function updateCalls(chat: ChatScope, move: ResourceChange): readonly CallDraft[] {
  const changed = changedAttributes(move);
  const texts = pick(changed, ["body", "mentions"]);
  const id = move.subject.id ?? "";
  const patch = call(chat.patch, {
    params: { ...inChat(chat, move), messageId: id },
    body: editBody(move.subject.attributes["mentions"], move),
    while: inRoom(chat, move, elements(move.subject.attributes, "/mentions")),
    effects: setEffects(texts),
  });
  return [
    ...(Object.keys(texts).length === 0 ? [] : [patch]),
    ...(changed["reactions"] === undefined ? [] : [reactionsCall(chat, move, id, [])]),
  ];
}

function sendBody({ body, mentions }: JsonObject): JsonObject {
  const some = isArray(mentions) && mentions.length > 0;
  return { message: body, ...(some ? { mentions } : {}) };
}

/** The text goes with its mentions, always: an edit that leaves them out might drop them, or keep those that have to go. */
function editBody(mentions: Json | undefined, { before, after }: ResourceChange): JsonObject {
  const had = elements(before, "/mentions").length > 0;
  return {
    ...sendBody({ body: after["body"], mentions }),
    ...(had && mentions !== undefined ? { mentions } : {}),
  };
}

function reactionsCall(
  chat: ChatScope,
  move: ResourceChange,
  messageId: Id,
  follows: readonly number[],
): CallDraft {
  const reactions = move.after["reactions"] ?? [];
  return call("putChatsMessageReactions", {
    params: { messageId },
    body: { reactions },
    follows,
    while: [reactionsEnabled, ...inRoom(chat, move)],
    effects: setEffects({ reactions }),
  });
}

function inChat(chat: ChatScope, { subject }: ResourceChange): Readonly<Record<string, Id>> {
  return { [chat.param]: subject.container ?? "" };
}
