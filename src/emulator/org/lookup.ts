import { sameId } from "../../core/jid.js";
import type { OperationCall } from "../handler.js";
import { pathParam } from "../handler.js";
import type { Chat, Message, MessageContent, OneOnOne, Org, Room, RoomDetails } from "./org.js";
import type { User } from "./users.js";
import type { Variants } from "../variants.js";
import { notFound, refuse, refuseUser } from "../input/refusal.js";

/** Returns the room of the path with its details, as reads show it or the latest. @throws Refusal 404, or 403 for outsiders */
export function findRoom(
  call: OperationCall<unknown>,
  view: "seen" | "latest",
): { readonly room: Room; readonly details: RoomDetails } {
  const jid = pathParam(call, "roomJid");
  const room =
    call.org.rooms.get(jid) ?? (call.variants.jidCase === "any" ? findInAnyCase(call.org, jid) : undefined);
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

function findInAnyCase(org: Org, jid: string): Room | undefined {
  return [...org.rooms.values()].find((room) => sameId(room.jid, jid));
}

/** Returns whether the chat operations treat a user as departed. */
export function isDeparted(user: User, { inactiveInChat }: Pick<Variants, "inactiveInChat">): boolean {
  return user.state === "deleted" || (user.state === "inactive" && inactiveInChat === "departed");
}

/** Returns a user. @throws Refusal 404 for an unknown one, and with the status `ifDeparted` for a departed one */
export function requireUser(
  call: OperationCall<unknown>,
  id: string,
  ifDeparted: 400 | 404 | 409 = 404,
): User {
  const user = call.org.users.get(id);
  if (user === undefined) throw notFound("user", id);
  if (isDeparted(user, call.variants)) throw refuseUser(ifDeparted, id);
  return user;
}

/** Returns the caller's 1on1 with the user in the path, which may have no message yet. @throws Refusal 404 */
export function findOrMakeOneOnOne(call: OperationCall<unknown>): OneOnOne {
  const other = requireUser(call, pathParam(call, "userId"));
  return call.org.oneOnOne(call.caller.id, other.id);
}

/** Returns the same 1on1; with the variant `absentOneOnOne=404` only if it has a message. @throws Refusal 404 */
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

/** Finds a message in a chat, or in any chat; undefined where there is none. */
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

/** Returns a message. @throws Refusal 404 where there is none */
export function requireMessage(org: Org, id: string, view: "seen" | "latest", chat?: Chat): FoundMessage {
  const found = findMessage(org, id, view, chat);
  if (found === undefined) throw notFound("message", id);
  return found;
}
