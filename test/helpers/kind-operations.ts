import type { OperationName } from "../../src/api/operations/operations.js";

/** The operations that each kind calls, sorted. The conformance test of the kinds proves it. */
const kindOperations: Readonly<Record<string, readonly OperationName[]>> = {
  settings: ["getChatsSettings", "patchChatsSettings", "putChatsSettings"],
  "me/settings": [
    "deleteChatsUsersMeSettings",
    "getChatsUsersMeSettings",
    "patchChatsUsersMeSettings",
    "postChatsUsersMeSettings",
  ],
  "users/*/settings": ["getChatsUserSettings", "patchChatsUserSettings"],
  "rooms/*": [
    "deleteChatsRoomParticipant",
    "getChatsRoom",
    "getChatsRoomParticipants",
    "patchChatsRoom",
    "postChatsRoomParticipant",
    "postChatsRooms",
  ],
  "rooms/*/messages/*": [
    "deleteChatsRoomMessage",
    "getChatsMessage",
    "getChatsRoomMessage",
    "patchChatsRoomMessage",
    "postChatsRoomMessages",
    "putChatsMessageReactions",
  ],
  "users/*/messages/*": [
    "deleteChatsUserMessage",
    "getChatsMessage",
    "getChatsUserMessage",
    "patchChatsUserMessage",
    "postChatsUserMessages",
    "putChatsMessageReactions",
  ],
  "rooms/*/pins": ["deleteChatsRoomMessagesPin", "getChatsRoom", "postChatsRoomMessagesPins"],
  "users/*/pins": ["deleteChatsUserMessagesPin", "getChatsUser", "postChatsUserMessagesPins"],
};

/** @throws Error for a kind without a row */
export function getOperations(kind: string): readonly OperationName[] {
  const operations = kindOperations[kind];
  if (operations === undefined) throw new Error(`test/helpers/kind-operations.ts has no row for ${kind}`);
  return operations;
}
