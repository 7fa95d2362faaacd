import type { Json } from "../../core/json/json.js";
import type { OperationCall, Handlers } from "../handler.js";
import { pathParam } from "../handler.js";
import { requireMessage, findOneOnOne, findRoom } from "../org/lookup.js";
import type { NoChangeStatus } from "../variants.js";
import type { Chat } from "../org/org.js";
import { notFound, Refusal, refuse, statusAndCode } from "../input/refusal.js";

/** Source: the vendor's help, "pin messages". */
const pinLimit = 5;

/** Checks the pins of a chat. @throws Refusal for too many pins, or for a message that is not in the chat */
export function checkPins(call: OperationCall<unknown>, chat: Chat, pins: readonly string[]): void {
  if (pins.length > pinLimit) {
    throw new Refusal(
      statusAndCode(call.variants.tooManyPins),
      `A chat has at most ${pinLimit} pinned messages.`,
    );
  }
  const before = chat.pins.latest();
  for (const id of pins) if (!before.includes(id)) requireMessage(call.org, id, "latest", chat);
}

function pin(call: OperationCall<{ pinnedMessageIds: string[] }>, chat: Chat): Json | undefined {
  const before = chat.pins.latest();
  const given = [...new Set(call.body.pinnedMessageIds)];
  if (given.length === 0) throw refuse("bad.request", "pinnedMessageIds must not be empty.");
  const present = given.find((id) => before.includes(id));
  if (present !== undefined) refuseSecondPin(call.variants.addPresentPin, present);
  const pins = [...new Set([...before, ...given])];
  checkPins(call, chat, pins);
  chat.pins.write(pins);
  return undefined;
}

function refuseSecondPin(status: NoChangeStatus, id: string): void {
  if (status === 404) throw notFound("message to pin", id);
  if (status === 409) throw refuse("request.conflict", `The message is already pinned: ${id}`);
}

function unpin(call: OperationCall<unknown>, chat: Chat): Json | undefined {
  const id = pathParam(call, "pinnedMessageId");
  const before = chat.pins.latest();
  if (!before.includes(id)) {
    if (call.variants.removeAbsentPin === 404) throw notFound("pinned message", id);
    if (call.variants.removeAbsentPin === 409) {
      throw refuse("request.conflict", `The message is not pinned: ${id}`);
    }
    return undefined;
  }
  chat.pins.write(before.filter((pinned) => pinned !== id));
  return undefined;
}

export const pinHandlers: Handlers<
  | "postChatsRoomMessagesPins"
  | "deleteChatsRoomMessagesPin"
  | "postChatsUserMessagesPins"
  | "deleteChatsUserMessagesPin"
> = {
  postChatsRoomMessagesPins: (call) => pin(call, findRoom(call, "latest").room),
  deleteChatsRoomMessagesPin: (call) => unpin(call, findRoom(call, "latest").room),
  postChatsUserMessagesPins: (call) => pin(call, findOneOnOne(call)),
  deleteChatsUserMessagesPin: (call) => unpin(call, findOneOnOne(call)),
};
