import type { OperationCall, Handlers } from "../handler.js";
import { pathParam, entityRef } from "../handler.js";
import { requireUser, findRoom, isDeparted } from "../org/lookup.js";
import type { Room } from "../org/org.js";
import { notFound, refuse, refuseUser } from "../input/refusal.js";

/** Returns the ad hoc room of the path. @throws Refusal 400 for a group's room, whose participants are the group's members */
function adhocRoom(call: OperationCall<unknown>): {
  readonly room: Room;
  readonly owners: readonly string[];
} {
  const { room, details } = findRoom(call, "latest");
  if (room.type === "group") {
    throw refuse("bad.request", "Participants of a group's room are managed in the group.");
  }
  return { room, owners: details.owners };
}

function add(call: OperationCall<unknown>): undefined {
  const { room } = adhocRoom(call);
  const user = requireUser(call, pathParam(call, "userId"), call.variants.addDepartedParticipant);
  const { participantLimit } = room;
  if (call.org.isMember(room, user.id)) {
    const status = call.variants.addPresentParticipant;
    if (status === 404) throw notFound("participant to add", user.id);
    if (status === 409) throw refuse("request.conflict", `The user is already in the room: ${user.id}`);
    return;
  }
  if (
    room.members.size >= participantLimit &&
    call.org.getMembers(room, "latest").length >= participantLimit
  ) {
    // Undocumented: how the service refuses a participant of a full room.
    throw refuse("request.conflict", `A room holds at most ${participantLimit} participants.`);
  }
  call.org.membership(room, user.id).write(true);
}

function remove(call: OperationCall<unknown>): undefined {
  const { room, owners } = adhocRoom(call);
  const userId = pathParam(call, "userId");
  const user = call.org.users.get(userId);
  if (user === undefined) throw notFound("user", userId);
  if (isDeparted(user, call.variants)) {
    const { removeDepartedParticipant: status, departedInRoster } = call.variants;
    if (status !== 204) throw refuseUser(status, userId);
    if (departedInRoster === "kept") return;
  }
  if (!call.org.isMember(room, userId)) {
    const status = call.variants.removeAbsentParticipant;
    if (status === 404) throw notFound("participant", userId);
    if (status === 409) throw refuse("request.conflict", `The user is not in the room: ${userId}`);
    return;
  }
  if (call.variants.removeOwner === "refuse" && owners.includes(userId)) {
    throw refuse("forbidden", "You are not allowed to remove that user.");
  }
  call.org.membership(room, userId).write(false);
}

export const participantHandlers: Handlers<
  | "getChatsRoomParticipants"
  | "getChatsRoomParticipant"
  | "postChatsRoomParticipant"
  | "deleteChatsRoomParticipant"
> = {
  getChatsRoomParticipants: (call) => {
    const { room } = findRoom(call, "seen");
    const participants = call.org.getMembers(room, "seen").map((id) => ({
      jid: call.org.users.get(id)?.jabberId,
      user: entityRef("users", id),
    }));
    return { participants };
  },
  getChatsRoomParticipant: (call) => {
    const { room } = findRoom(call, "seen");
    const participantJid = pathParam(call, "participantJid");
    const isIn = call.org
      .getMembers(room, "seen")
      .some((id) => call.org.users.get(id)?.jabberId === participantJid);
    if (!isIn) throw notFound("participant", participantJid);
    return { participantJid };
  },
  postChatsRoomParticipant: add,
  deleteChatsRoomParticipant: remove,
};
