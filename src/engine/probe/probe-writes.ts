import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";
import type { ShownWrite } from "../../core/behavior/probe.js";
import { manyMessages } from "../../core/behavior/unknowns.js";
import type { JsonObject } from "../../core/json/json.js";

/** A request of a probe that changes something. */
export interface ProbeWrite {
  readonly operation: OperationName;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
}

/** The subject of a probe's room, by which its user recognizes it. */
export const probeSubject = "chatform probe";

const description =
  "chatform doctor --probe works in this room, and uses it again. Only its creator is in it.";

/** The text in every message of a probe, by which a later run recognizes what an interrupted one left. */
export const messageMark = "chatform probe";

/** The text of the first message: blanks at its ends, two lines and a composed letter show how texts are stored. */
export const formText = `  ${messageMark} 1: caf\u00e9\nsecond line  `;

/** The number of plain messages: one more than a room may pin. */
export const messageCount = 6;

/** Returns the requests that a probe sends to change something. */
export const writes = {
  createRoom: (): ProbeWrite => ({
    operation: "postChatsRooms",
    params: {},
    body: { subject: probeSubject, description },
  }),
  addUser: (roomJid: string, userId: string): ProbeWrite => ({
    operation: "postChatsRoomParticipant",
    params: { roomJid, userId },
  }),
  removeUser: (roomJid: string, userId: string): ProbeWrite => ({
    operation: "deleteChatsRoomParticipant",
    params: { roomJid, userId },
  }),
  /** @param number from 1 */
  sendMessage: (roomJid: string, number: number): ProbeWrite => ({
    operation: "postChatsRoomMessages",
    params: { roomJid },
    body: { message: number === 1 ? formText : `${messageMark} ${number}` },
  }),
  sendReply: (roomJid: string, threadId: string): ProbeWrite => ({
    operation: "postChatsRoomMessages",
    params: { roomJid },
    body: { message: `${messageMark}: reply`, threadId },
  }),
  react: (messageId: string, emoji: string): ProbeWrite => ({
    operation: "putChatsMessageReactions",
    params: { messageId },
    body: { reactions: [emoji] },
  }),
  addPins: (roomJid: string, pinnedMessageIds: readonly string[]): ProbeWrite => ({
    operation: "postChatsRoomMessagesPins",
    params: { roomJid },
    body: { pinnedMessageIds },
  }),
  patchPins: (roomJid: string, pinnedMessageIds: readonly string[]): ProbeWrite => ({
    operation: "patchChatsRoom",
    params: { roomJid },
    body: { pinnedMessageIds },
  }),
  removePin: (roomJid: string, pinnedMessageId: string): ProbeWrite => ({
    operation: "deleteChatsRoomMessagesPin",
    params: { roomJid, pinnedMessageId },
  }),
  deleteMessage: (roomJid: string, messageId: string): ProbeWrite => ({
    operation: "deleteChatsRoomMessage",
    params: { roomJid, messageId },
  }),
  editMessage: (roomJid: string, messageId: string): ProbeWrite => ({
    operation: "patchChatsRoomMessage",
    params: { roomJid, messageId },
    body: { message: `${messageMark}: edited` },
  }),
  patchOwnSettings: (settings: JsonObject): ProbeWrite => ({
    operation: "patchChatsUsersMeSettings",
    params: {},
    body: settings,
  }),
};

/** The emojis that a probe reacts with, one after the other. */
export const emojis = ["👍", "🎉"] as const;

/** Returns all requests of a probe that change something, in their order, with placeholders for ids. */
export function shownWrites({ isSlow }: { readonly isSlow: boolean }): readonly ShownWrite[] {
  const [room, you, message] = ["ROOM", "YOU", "M"];
  const numbers = Array.from({ length: messageCount }, (_, at) => at + 1);
  const messages = numbers.map((number) => `${message}${number}`);
  const [first = "", second = ""] = messages;
  return [
    shown(
      writes.patchOwnSettings({ muted: "AS IT IS", "…": "…" }),
      "set your own chat settings to the values that they have",
    ),
    shown(writes.createRoom(), "create the room, unless you have one from an earlier probe"),
    shown(writes.addUser(room, you), "add you to the room, if you are not in it"),
    shown(writes.removePin(room, "LEFT"), "unpin what an interrupted probe left, if any"),
    shown(writes.deleteMessage(room, "LEFT"), "delete the messages that an interrupted probe left, if any"),
    shown(writes.addUser(room, you), "add you once more: the service may refuse"),
    shown(writes.removeUser(room, "ANOTHER-USER"), "remove a user who is not in the room: changes nothing"),
    ...numbers.map((number) => shown(writes.sendMessage(room, number), "send a message")),
    shown(writes.sendReply(room, "THREAD"), "reply to the first message"),
    ...emojis.map((emoji) => shown(writes.react(first, emoji), "react to the first message")),
    shown(writes.addPins(room, [first]), "pin the first message"),
    shown(writes.addPins(room, [first]), "pin it once more: the service may refuse"),
    shown(writes.removePin(room, second), "unpin a message that is not pinned: the service may refuse"),
    shown(writes.patchPins(room, [second]), "pin the second message in another way"),
    shown(writes.patchPins(room, []), "unpin all messages at once"),
    ...[first, second].map((id) =>
      shown(writes.removePin(room, id), "unpin a message, if it is pinned still"),
    ),
    shown(writes.addPins(room, messages.slice(0, -1)), "pin five messages"),
    shown(writes.addPins(room, messages.slice(-1)), "pin a sixth: the service is expected to refuse"),
    ...messages.map((id) => shown(writes.removePin(room, id), "unpin a message, if it is pinned")),
    ...(isSlow ? slowWrites(room, first) : []),
    ...[...messages, "REPLY"].map((id) => shown(writes.deleteMessage(room, id), "delete a message")),
  ];
}

/** Returns the requests that only a slow probe sends. */
function slowWrites(room: string, first: string): readonly ShownWrite[] {
  const numbers = Array.from({ length: manyMessages - messageCount }, (_, at) => messageCount + at + 1);
  const [next = 0, ...more] = numbers;
  return [
    shown(writes.sendMessage(room, next), "send a message to edit"),
    shown(writes.editMessage(room, `M${next}`), "edit it at once"),
    ...more.map((number) => shown(writes.sendMessage(room, number), "send more messages, as far as needed")),
    shown(writes.editMessage(room, first), "edit the first message, after a minute: the service may refuse"),
    ...numbers.map((number) => shown(writes.deleteMessage(room, `M${number}`), "delete a message")),
  ];
}

function shown({ operation: name, params, body }: ProbeWrite, purpose: string): ShownWrite {
  const { method, path } = operation(name);
  return {
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, param: string) => params[param] ?? ""),
    ...(body === undefined ? {} : { body }),
    purpose,
  };
}
