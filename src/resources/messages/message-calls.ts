import type { CallDraft } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import type { Id } from "../../core/calls/reference.js";
import { withoutDeparted } from "../../core/people/org-people.js";
import { resourceRef } from "../../core/calls/reference.js";
import { changedAttributes, elements, pick, setEffects } from "../attributes.js";
import { call } from "../calls.js";
import type { ChatScope } from "./chat-scope.js";
import { inRoomConditions, reactionsEnabled, unpinnedCondition } from "../conditions.js";

/**
 * Returns the calls of a message's change.
 *
 *   create:  POST message -> GET it, if others reply to it: only that shows its thread
 *                         -> PUT reactions
 *   update:  PATCH message, PUT reactions
 */
export function messageCalls(chat: ChatScope, change: ResourceChange): readonly CallDraft[] {
  switch (change.type) {
    case "create":
      return createCalls(chat, change);
    case "update":
      return updateCalls(chat, change);
    case "delete":
      return [
        call(chat.remove, {
          params: { ...inChat(chat, change), messageId: change.resource.id ?? "" },
          while: [...inRoomConditions(chat, change), unpinnedCondition(change.resource)],
        }),
      ];
    default:
      return change.type satisfies never;
  }
}

function createCalls(chat: ChatScope, change: ResourceChange): readonly CallDraft[] {
  const { resource, after } = change;
  const { replyTo } = after;
  const id = resourceRef(resource.address, "id");
  const thread = typeof replyTo === "string" ? { threadId: resourceRef(replyTo, "threadId") } : {};
  const post = call(chat.post, {
    params: inChat(chat, change),
    body: { ...sendBody(after), ...thread },
    captures: { id: "/id" },
    while: inRoomConditions(chat, change, elements(after, "/mentions")),
    effects: setEffects(pick(after, ["body", "mentions", "replyTo"])),
  });
  const readThread =
    resource.options?.["replied"] === true
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
  return [post, ...readThread, ...(none ? [] : [reactionsCall(chat, change, id, [0])])];
}

function updateCalls(chat: ChatScope, change: ResourceChange): readonly CallDraft[] {
  const changed = changedAttributes(change);
  const mentions = withoutDeparted(elements(change.resource.attributes, "/mentions"), change);
  const texts = { ...pick(changed, ["body"]), ...(changed["mentions"] === undefined ? {} : { mentions }) };
  const id = change.resource.id ?? "";
  const patch = call(chat.patch, {
    params: { ...inChat(chat, change), messageId: id },
    body: editBody(mentions, change),
    while: inRoomConditions(chat, change, mentions),
    effects: setEffects(texts),
  });
  return [
    ...(Object.keys(texts).length === 0 ? [] : [patch]),
    ...(changed["reactions"] === undefined ? [] : [reactionsCall(chat, change, id, [])]),
  ];
}

function sendBody({ body, mentions }: JsonObject): JsonObject {
  const some = isArray(mentions) && mentions.length > 0;
  return { message: body, ...(some ? { mentions } : {}) };
}

/** Always sends the text with its mentions: an edit without them might drop them, or keep removed ones. */
function editBody(mentions: readonly Json[], { resource, before, after }: ResourceChange): JsonObject {
  const had = elements(before, "/mentions").length > 0 && resource.attributes["mentions"] !== undefined;
  return { ...sendBody({ body: after["body"], mentions }), ...(had ? { mentions } : {}) };
}

function reactionsCall(
  chat: ChatScope,
  change: ResourceChange,
  messageId: Id,
  follows: readonly number[],
): CallDraft {
  const reactions = change.after["reactions"] ?? [];
  return call("putChatsMessageReactions", {
    params: { messageId },
    body: { reactions },
    follows,
    while: [reactionsEnabled, ...inRoomConditions(chat, change)],
    effects: setEffects({ reactions }),
  });
}

function inChat(chat: ChatScope, { resource }: ResourceChange): Readonly<Record<string, Id>> {
  return { [chat.param]: resource.container ?? "" };
}
