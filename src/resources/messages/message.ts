import type { KnownBehavior } from "../../core/behavior/behavior.js";
import { sameId } from "../../core/jid.js";
import type { JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import type { BlockPath, NameLookup } from "../../core/kind/declaration.js";
import { defineKind } from "../../core/kind/define-kind.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Goal, ResourceChange } from "../../core/kind/resource-change.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import { isDeparted, withoutDeparted } from "../../core/people/org-people.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { elements, pick, textElements } from "../attributes.js";
import { read } from "../calls.js";
import { peopleIds } from "../people/people-list.js";
import type { ChatScope } from "./chat-scope.js";
import { roomScope, userScope } from "./chat-scope.js";
import { checkMessages } from "./check-messages.js";
import { messageCalls } from "./message-calls.js";
import { decodeMessage, messagesIn } from "./message-live.js";
import type { ChatBlock, MessageBlock } from "./message-schema.js";
import { messageDeclarations } from "./message-schema.js";
import { recoverMessage } from "./recover-message.js";

type Messages = NonNullable<ChatBlock["messages"]>;

/** 50 ids make a path of about 2,000 characters. */
const idsInOneRead = 50;

/** A message in a room. */
export const roomMessage = messageKind(roomScope, "chat_room_message", "message");
/** A message in the 1on1 with a user. */
export const userMessage = messageKind(userScope, "chat_user_message", "1on1 message");

function messageKind(chat: ChatScope, type: string, title: string): Kind<ChatBlock> {
  const name = `${chat.scope}/*/messages/*`;
  return defineKind<ChatBlock>({
    name,
    type,
    title,
    declare: {
      at: `${chat.scope}/*`,
      schema: messageDeclarations(chat.scope),
      check: checkMessages,
      expand: (block, path) => expand(chat, name, block, path),
      toBlock,
    },
    live: {
      attributes: { "/body": {}, "/mentions": { set: true, users: true }, "/reactions": { set: true } },
      reads({ id = "", container }) {
        // Its room is not created yet, so the message is not either.
        if (typeof container !== "string") return [];
        const batch = { param: "messageIds", max: idsInOneRead };
        return [read(chat.messages, { [chat.param]: container, messageIds: id }, { batch })];
      },
      decode(resource, [response], tokenUser) {
        const messages = response?.found === true ? messagesIn(response.body) : [];
        const message = messages.find(({ id }) => sameId(id, resource.id));
        return message === undefined
          ? { present: false }
          : { present: true, attributes: decodeMessage(resource, message, tokenUser) };
      },
    },
    plan: {
      adopts: true,
      needsUser: true,
      dependsOnUser: ({ attributes }, live) =>
        attributes["reactions"] !== undefined || live?.present !== true,
      goal,
      calls: (change) => messageCalls(chat, change),
      findings,
      countItems: () => 1,
      remove: (_resource, { containerRemoved }) => ({ action: containerRemoved ? "forget" : "delete" }),
    },
    recover: recoverMessage(chat),
  });
}

function expand(
  chat: ChatScope,
  kind: string,
  { messages }: ChatBlock,
  { names: [key = ""], pointer: at }: BlockPath,
): readonly Resource[] {
  if (messages === undefined) return [];
  const base = `${chat.address(key)}/messages`;
  const replied = new Set(Object.values(messages).map(({ replyTo }) => replyTo));
  let previous: string | undefined;
  return sendingOrder(messages).map(([name, block]) => {
    const { id, mentions, replyTo } = block;
    const address = `${base}/${name}`;
    // Each message is sent after the one before it, so that the chat shows them in the order of the config.
    const after = previous === undefined ? [] : [previous];
    previous = address;
    return {
      address,
      kind,
      ...(id === undefined ? {} : { id }),
      container: chat.id(key),
      attributes: {
        ...pick(block, ["body", "reactions"]),
        ...(mentions === undefined ? {} : { mentions: peopleIds(mentions) }),
        ...(replyTo === undefined ? {} : { replyTo: `${base}/${replyTo}` }),
      },
      options: replied.has(name) ? { replied: true } : {},
      after,
      ...(replyTo === undefined ? {} : { needs: [`${base}/${replyTo}`] }),
      pointer: at + pointer("messages", name),
    };
  });
}

/** Returns the messages in the order of the config, each reply after the message that it replies to. */
function sendingOrder(messages: Messages): readonly (readonly [string, MessageBlock])[] {
  const ordered = new Map<string, MessageBlock>();
  for (const name of Object.keys(messages)) {
    const thread: string[] = [];
    for (let at: string | undefined = name; at !== undefined; at = messages[at]?.replyTo) {
      if (ordered.has(at) || thread.includes(at)) break;
      thread.push(at);
    }
    for (const earlier of thread.reverse()) {
      const block = messages[earlier];
      if (block !== undefined) ordered.set(earlier, block);
    }
  }
  return [...ordered];
}

function toBlock(
  { address, id, applied }: ResolvedResource,
  live: JsonObject,
  { user }: NameLookup,
): JsonObject {
  const mentions = textElements(live, "/mentions").map(user).sort(byCodeUnit);
  const reactions = elements(live, "/reactions");
  const replyTo = applied?.["replyTo"];
  const message = {
    id,
    body: live["body"],
    ...(mentions.length === 0 ? {} : { mentions }),
    ...(typeof replyTo === "string" ? { replyTo: lastSegment(replyTo) } : {}),
    ...(reactions.length === 0 ? {} : { reactions }),
  };
  return { messages: { [lastSegment(address)]: message } };
}

function lastSegment(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}

/**
 * Returns the declared attributes, without reactions while the token's user is unknown: only that user's are compared. Mentions of
 * departed users stay as they are: a message is not edited for them.
 */
function goal({ attributes, applied }: ResolvedResource, live: JsonObject, people: OrgPeople): Goal {
  const names = ["body", "replyTo", ...(typeof people.tokenUser === "string" ? ["reactions"] : [])];
  const { mentions } = attributes;
  const departed = elements(live, "/mentions").filter((id) => isDeparted(id, people));
  const wanted = [...withoutDeparted(elements(attributes, "/mentions"), people), ...departed];
  return {
    attributes: { ...pick(attributes, names), ...(mentions === undefined ? {} : { mentions: wanted }) },
    findings: [...threadFindings(attributes, applied), ...roomFindings(live)],
  };
}

/** Returns a warning for a message that is no longer declared as a reply. */
function threadFindings(attributes: JsonObject, applied: JsonObject | undefined): readonly Finding[] {
  const replyTo = applied?.["replyTo"];
  if (typeof replyTo !== "string" || attributes["replyTo"] !== undefined) return [];
  const text =
    `The message was sent as a reply to ${replyTo} and stays in that thread: a sent message cannot be moved. To send the text ` +
    "outside the thread, rename the message: the old one is deleted and a new one sent.";
  return [{ code: "stays-in-thread", severity: "warning", text }];
}

/** Returns an error for the id of a message that belongs to another room. */
function roomFindings({ toJid }: JsonObject): readonly Finding[] {
  if (typeof toJid !== "string") return [];
  const text = `The message with this id belongs to the room ${toJid}. A message stays in its room: declare it there, or remove its id.`;
  return [{ code: "message-elsewhere", severity: "error", text }];
}

function findings({ resource, type, attributes }: ResourceChange, known: KnownBehavior): readonly Finding[] {
  if (type === "delete") {
    return [{ code: "message-deleted", severity: "warning", text: "The message is deleted for good." }];
  }
  if (type !== "update") return [];
  if (attributes.some(({ path }) => path === "/replyTo")) {
    const text =
      `${resource.address}: a sent message cannot be moved to another thread. ` +
      "Rename the message: the old one is deleted and a new one sent.";
    return [{ code: "thread-changed", severity: "error", text }];
  }
  const isEdited = attributes.some(({ path }) => path === "/body" || path === "/mentions");
  const response = known("editOldMessage");
  return isEdited && response !== undefined && !response.startsWith("2") ? [editRefused(response)] : [];
}

/** Returns a warning for a message whose edit the service is known to refuse after a time. @param response status and error code */
function editRefused(response: string): Finding {
  const text =
    `A probe saw the service refuse to edit a message over a minute old (${response}). If this message is older, the change will fail. ` +
    "To send the new text, rename the message in the config: the old message is deleted and a new one sent.";
  return { code: "edit-refused", severity: "warning", text };
}
