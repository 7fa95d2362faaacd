import { addressSegment } from "../../core/address.js";
import type { OperationName } from "../../api/operations/operations.js";
import type { Id } from "../../core/calls/reference.js";
import { resourceRef, userId } from "../../core/calls/reference.js";
import type { Scope } from "./message-schema.js";

/** The operations on messages and pins, which differ between a room and a 1on1 only in their names. */
export interface ChatScope {
  readonly scope: Scope;
  /** The path parameter for the room or the user. */
  readonly param: "roomJid" | "userId";
  readonly read: OperationName;
  readonly history: OperationName;
  readonly messages: OperationName;
  readonly post: OperationName;
  readonly patch: OperationName;
  readonly remove: OperationName;
  readonly pin: OperationName;
  readonly unpin: OperationName;
  /** Returns the address of the room or user. */
  address(key: string): string;
  id(key: string): Id;
}

export const roomScope: ChatScope = {
  scope: "rooms",
  param: "roomJid",
  read: "getChatsRoom",
  history: "getChatsRoomMessages",
  messages: "getChatsRoomMessage",
  post: "postChatsRoomMessages",
  patch: "patchChatsRoomMessage",
  remove: "deleteChatsRoomMessage",
  pin: "postChatsRoomMessagesPins",
  unpin: "deleteChatsRoomMessagesPin",
  address: (key) => `rooms/${key}`,
  id: (key) => resourceRef(`rooms/${key}`, "jid"),
};

export const userScope: ChatScope = {
  scope: "users",
  param: "userId",
  read: "getChatsUser",
  history: "getChatsUserMessages",
  messages: "getChatsUserMessage",
  post: "postChatsUserMessages",
  patch: "patchChatsUserMessage",
  remove: "deleteChatsUserMessage",
  pin: "postChatsUserMessagesPins",
  unpin: "deleteChatsUserMessagesPin",
  address: (key) => `users/${addressSegment(key.toLowerCase())}`,
  id: (key) => userId(key),
};
