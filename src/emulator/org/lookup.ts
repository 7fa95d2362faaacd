import { sameId } from "../../core/jid.js";
import type { OperationCall } from "../handler.js";
import { pathParam } from "../handler.js";
import type { Chat, Message, MessageContent, OneOnOne, Org, Room, RoomDetails } from "./org.js";
import type { User } from "./users.js";
import { notFound, refuse } from "../input/refusal.js";

/** A room with its details, as the caller reads it or as it is. @throws Refusal 404, or 403 for outsiders. */
export function findRoom(
  call: OperationCall<unknown>,
  view: "seen" | "latest",
): { readonly room: Room; readonly details: RoomDetails } {
  const jid = pathParam(call, "roomJid");
  const room =
    call.org.rooms.get(jid) ?? (call.variants.jidCase === "any" ? inAnyCase(call.org, jid) : undefined);
  const details = room?.details[view]();
  if (room === undefined || details === undefined) throw notFound("room", jid);
  if (
    call.variants.outsiders === "refuse" &&
    call.caller.isUser &&
    !call.org.isMember(room, call.caller.id)
  ) {
    throw refuse("not.authorized", "You are not a participant of this room.");
  }
  return { room, details };
}

function inAnyCase(org: Org, jid: string): Room | undefined {
  return [...org.rooms.values()].find((room) => sameId(room.jid, jid));
}

/** A user who exists. @throws Refusal 404. */
export function requireUser(org: Org, id: string): User {
  const user = org.users.get(id);
  if (user === undefined || user.state === "deleted") throw notFound("user", id);
  return user;
}

/** The 1on1 of the caller with the user in the path, which may have no message yet. @throws Refusal 404. */
export function findOrMakeOneOnOne(call: OperationCall<unknown>): OneOnOne {
  const other = requireUser(call.org, pathParam(call, "userId"));
  return call.org.oneOnOne(call.caller.id, other.id);
}

/** The same, where the service refuses a 1on1 that has no message yet. @throws Refusal 404. */
export function findOneOnOne(call: OperationCall<unknown>): OneOnOne {
  const chat = findOrMakeOneOnOne(call);
  const isAbsent = call.variants.absentOneOnOne === 404 && chat.messages.length === 0;
  if (isAbsent) throw notFound("1on1 with the user", pathParam(call, "userId"));
  return chat;
}

export interface FoundMessage {
  readonly message: Message;
  readonly content: MessageContent;
}

/** A message that is there, in a chat or in any. */
export function findMessage(
  org: Org,
  id: string,
  view: "seen" | "latest",
  chat?: Chat,
): FoundMessage | undefined {
  const message = org.messages.get(id);
  if (message === undefined || (chat !== undefined && message.chat !== chat)) return undefined;
  const content = message.content[view]();
  return content && { message, content };
}

/** A message that must be there. @throws Refusal 404. */
export function requireMessage(org: Org, id: string, view: "seen" | "latest", chat?: Chat): FoundMessage {
  const found = findMessage(org, id, view, chat);
  if (found === undefined) throw notFound("message", id);
  return found;
}
