import { sameId } from "../../core/jid.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Goal, ResourceChange, World } from "../../core/kind/resource-change.js";
import type { Kind } from "../../core/kind/kind.js";
import type { NameLookup, BlockPath, Problem } from "../../core/kind/declaration.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import { nearest } from "../../core/nearest.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import { userId } from "../../core/calls/reference.js";
import type { Finding } from "../../core/plan/change.js";
import { elements, pick } from "../attributes.js";
import { read } from "../calls.js";
import type { ChatScope } from "./chat-scope.js";
import { roomScope, userScope } from "./chat-scope.js";
import { messageCalls } from "./message-calls.js";
import { findMessage } from "./message-find.js";
import { decodeMessage, messagesIn } from "./message-live.js";
import type { ChatBlock, MessageBlock } from "./message-schema.js";
import { messageDeclarations } from "./message-schema.js";
import { duplicateItems } from "../duplicate-items.js";

type Messages = NonNullable<ChatBlock["messages"]>;

/** Ids in one read: as many as make a path of about 2,000 characters. */
const idsInOneRead = 50;

/** A message in a room. */
export const roomMessage = messageKind(roomScope, "chat_room_message", "message");
/** A message in the 1on1 with a user. */
export const userMessage = messageKind(userScope, "chat_user_message", "1on1 message");

function messageKind(chat: ChatScope, type: string, title: string): Kind<ChatBlock> {
  const name = `${chat.scope}/*/messages/*`;
  return {
    name,
    type,
    title,
    operations: [
      "getChatsMessage",
      "putChatsMessageReactions",
      chat.messages,
      chat.post,
      chat.patch,
      chat.remove,
    ].sort(),
    at: `${chat.scope}/*`,
    declares: messageDeclarations(chat.scope),
    sets: ["/mentions", "/reactions"],
    people: ["/mentions"],
    adopts: true,
    restores: false,
    check,
    expand: (block, place) => expand(chat, name, block, place),
    reads({ id = "", container }) {
      // Without its room there is nothing to read: it has to be created.
      if (typeof container !== "string") return [];
      const batch = { param: "messageIds", max: idsInOneRead };
      return [read(chat.messages, { [chat.param]: container, messageIds: id }, { batch })];
    },
    decode(resource, [answer], world) {
      const message =
        answer?.found === true
          ? messagesIn(answer.body).find(({ id }) => sameId(id, resource.id))
          : undefined;
      return message === undefined
        ? { present: false }
        : { present: true, attributes: decodeMessage(resource, message, world) };
    },
    needsActor: ({ attributes }, live) =>
      attributes["reactions"] !== undefined || !live?.present ? "must" : "no",
    goal,
    calls: (change) => messageCalls(chat, change),
    remarks,
    countable: () => 1,
    remove: (_resource, { containerRemoved: containerLeaves }) =>
      containerLeaves ? { action: "forget" } : { action: "delete" },
    whole: { body: "", mentions: [], reactions: [] },
    express,
    find: findMessage(chat),
  };
}

function check({ messages = {} }: ChatBlock, place: BlockPath): readonly Problem[] {
  return Object.entries(messages).flatMap(([name, { mentions, reactions, replyTo }]): readonly Problem[] => {
    const at = place.pointer + pointer("messages", name);
    return [
      ...duplicateItems(
        mentions?.map((user) => user.toLowerCase()),
        `${at}/mentions`,
      ),
      ...duplicateItems(reactions, `${at}/reactions`),
      ...(replyTo === undefined ? [] : replyProblems(messages, name, replyTo, `${at}/replyTo`)),
    ];
  });
}

/** Replies have to lead to a message that is declared, and not round in a circle. */
function replyProblems(
  messages: NonNullable<ChatBlock["messages"]>,
  name: string,
  replyTo: string,
  at: Pointer,
): readonly Problem[] {
  if (!Object.hasOwn(messages, replyTo)) {
    const others = Object.keys(messages).filter((other) => other !== name);
    const close = nearest(replyTo, others);
    const known =
      others.length === 0
        ? "Declare it here: there is no other message yet."
        : `Known here: ${others.join(", ")}.`;
    return [
      {
        code: "unknown-message",
        summary: "A reply to an unknown message",
        detail: "There is no message of this name here.",
        help: close === undefined ? known : `Did you mean "${close}"?`,
        pointer: at,
      },
    ];
  }
  if (!leadsBack(messages, name)) return [];
  return [
    {
      code: "reply-cycle",
      summary: "A reply to itself",
      detail: `"${name}" is, by way of its replyTo, a reply to itself.`,
      help: "Let one message of the circle be no reply: remove its replyTo.",
      pointer: at,
    },
  ];
}

function leadsBack(messages: Messages, name: string): boolean {
  const seen = new Set<string>();
  for (let at = messages[name]?.replyTo; at !== undefined && !seen.has(at); at = messages[at]?.replyTo) {
    if (at === name) return true;
    seen.add(at);
  }
  return false;
}

function expand(
  chat: ChatScope,
  kind: string,
  { messages = {} }: ChatBlock,
  { names: [key = ""], pointer: at }: BlockPath,
): readonly Resource[] {
  const base = `${chat.address(key)}/messages`;
  const replied = new Set(Object.values(messages).map(({ replyTo }) => replyTo));
  let previous: string | undefined;
  return sendingOrder(messages).map(([name, block]) => {
    const { mentions, replyTo } = block;
    const address = `${base}/${name}`;
    // Messages appear in the order of the file, as far as replies allow: each is sent after the one before it.
    const after = previous === undefined ? [] : [previous];
    previous = address;
    return {
      address,
      kind,
      container: chat.id(key),
      attributes: {
        ...pick(block, ["body", "reactions"]),
        ...(mentions === undefined ? {} : { mentions: mentions.map((user) => userId(user) as Json) }),
        ...(replyTo === undefined ? {} : { replyTo: `${base}/${replyTo}` }),
      },
      options: replied.has(name) ? { replied: true } : {},
      after,
      ...(replyTo === undefined ? {} : { needs: [`${base}/${replyTo}`] }),
      pointer: at + pointer("messages", name),
    };
  });
}

/** The messages in the order of the file, but a reply behind what it replies to. */
function sendingOrder(messages: Messages): readonly (readonly [string, MessageBlock])[] {
  const ordered = new Map<string, MessageBlock>();
  for (const name of Object.keys(messages)) {
    const thread: string[] = [];
    for (let at: string | undefined = name; at !== undefined; at = messages[at]?.replyTo) {
      if (ordered.has(at) || thread.includes(at)) break;
      thread.push(at);
    }
    for (const one of thread.reverse()) {
      const block = messages[one];
      if (block !== undefined) ordered.set(one, block);
    }
  }
  return [...ordered];
}

function express(
  { address, applied }: ResolvedResource,
  live: JsonObject,
  { user: person }: NameLookup,
): JsonObject {
  const mentions = elements(live, "/mentions").flatMap((user) =>
    typeof user === "string" ? person(user) : [],
  );
  const reactions = elements(live, "/reactions");
  const replyTo = applied?.["replyTo"];
  const message = {
    body: live["body"],
    ...(mentions.length === 0 ? {} : { mentions: mentions.sort(byCodeUnit) }),
    ...(typeof replyTo === "string" ? { replyTo: nameIn(replyTo) } : {}),
    ...(reactions.length === 0 ? {} : { reactions }),
  };
  return { messages: { [nameIn(address)]: message } };
}

function nameIn(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}

/** Without knowing whose reactions they are there is nothing to compare. */
function goal({ attributes, applied }: ResolvedResource, _live: JsonObject, { actor }: World): Goal {
  const names = ["body", "mentions", "replyTo", ...(typeof actor === "string" ? ["reactions"] : [])];
  return { attributes: pick(attributes, names), remarks: threadRemarks(attributes, applied) };
}

/** A reply that is declared as one no longer: that it stays one is told once. */
function threadRemarks(attributes: JsonObject, applied: JsonObject | undefined): readonly Finding[] {
  const replyTo = applied?.["replyTo"];
  if (typeof replyTo !== "string" || attributes["replyTo"] !== undefined) return [];
  const text =
    `It was sent as a reply to ${replyTo} and stays in that thread: a message can't be moved. To send it outside ` +
    "the thread, give it a new name: then the old one is deleted and a new one sent.";
  return [{ code: "stays-in-thread", severity: "warning", text }];
}

function remarks({ resource, type, attributes }: ResourceChange): readonly Finding[] {
  if (type === "delete") {
    return [{ code: "message-deleted", severity: "warning", text: "The message is deleted for good." }];
  }
  if (type === "update" && attributes.some(({ path }) => path === "/replyTo")) {
    const text = `A message can't be moved to another thread. Give it a new name: then the old one is deleted and a new one sent.`;
    return [{ code: "thread-changed", severity: "error", text: `${resource.address}: ${text}` }];
  }
  return [];
}
