import type { Json } from "../../core/json/json.js";
import type { OperationCall, Handlers } from "../handler.js";
import { entityRef } from "../handler.js";
import { requireUser, findRoom, isDeparted } from "../org/lookup.js";
import type { Org, Room, RoomDetails } from "../org/org.js";
import { refuse, refuseUser } from "../input/refusal.js";
import { checkPins } from "./pins.js";
import { storedText } from "../org/stored-text.js";
import type { Variants } from "../variants.js";

/** Returns a room in the form of the API. */
export function showRoom(
  org: Org,
  room: Room,
  details: RoomDetails,
  withOwners = true,
): Record<string, Json> {
  return {
    id: room.id,
    name: room.type === "group" ? (org.groups.get(room.id)?.name ?? details.subject) : details.subject,
    dateCreated: new Date(room.dateCreated).toISOString(),
    roomType: room.type,
    ...(details.description !== undefined && { description: details.description }),
    subject: details.subject,
    participantLimit: room.participantLimit,
    ...(withOwners && { owners: details.owners.map((id) => entityRef("users", id)) }),
    pinnedMessages: room.pins.seen().map((id) => entityRef("chats/messages", id)),
    jid: room.jid,
    selfUri: `/api/v2/chats/rooms/${encodeURIComponent(room.jid)}`,
  };
}

/** Refuses a change of the owners that only leaves out departed users, where the service does. */
function checkRemovedOwners(
  { org, variants }: OperationCall<unknown>,
  before: readonly string[],
  after: readonly string[],
): void {
  const { removeDepartedOwner: status } = variants;
  const removed = before.filter((id) => !after.includes(id));
  const isDepartedUser = (id: string): boolean => {
    const user = org.users.get(id);
    return user !== undefined && isDeparted(user, variants);
  };
  const [first] = removed;
  if (status === 204 || first === undefined || after.some((id) => !before.includes(id))) return;
  if (removed.every(isDepartedUser)) throw refuseUser(status, first);
}

function checkText(
  call: OperationCall<unknown>,
  text: { subject?: string; description?: string },
  room?: Room,
): void {
  const { subject, description } = text;
  const { subjectLimit, descriptionLimit, uniqueSubjects } = call.variants;
  if (subject?.trim() === "") throw refuse("invalid.value", "The subject must not be empty.");
  checkLength("subject", subject, subjectLimit);
  checkLength("description", description, descriptionLimit);
  if (!uniqueSubjects || subject === undefined) return;
  for (const other of call.org.rooms.values()) {
    if (other !== room && other.type === "adhoc" && other.details.latest()?.subject === subject) {
      throw refuse("request.conflict", `A room with the subject ${JSON.stringify(subject)} already exists.`);
    }
  }
}

/** Checks the length of a text. @throws Refusal 400 above the limit; 0 means no limit */
export function checkLength(name: string, text: string | undefined, limit: number): void {
  if (text === undefined || limit <= 0 || text.length <= limit) return;
  throw refuse("constraint.validation", `The ${name} is longer than ${limit} characters.`, {
    details: [{ errorCode: "constraint.validation", fieldName: name }],
  });
}

/** Returns a list of a room after PATCH, according to the variants. */
function changedList(
  call: OperationCall<unknown>,
  before: readonly string[],
  given: readonly string[] | undefined,
): readonly string[] {
  if (given === undefined) return before;
  if (given.length === 0 && call.variants.emptyLists === "ignore") return before;
  const all = call.variants.patchRoomLists === "merge" ? [...before, ...given] : given;
  return [...new Set(all)];
}

function join(org: Org, room: Room, userIds: Iterable<string>): void {
  for (const id of userIds) org.membership(room, id).write(true);
}

function stored(variants: Variants, text: string | undefined): string | undefined {
  return text === undefined ? undefined : storedText(variants, text);
}

export const roomHandlers: Handlers<"postChatsRooms" | "getChatsRoom" | "patchChatsRoom"> = {
  postChatsRooms: (call) => {
    const { org, caller, variants, body } = call;
    checkText(call, body);
    const userIds = (body.userIds ?? []).map((id) => requireUser(call, id, variants.departedInBody).id);
    const room = org.addRoom({ type: "adhoc" });
    const isOwner = caller.isUser && variants.creatorOwns;
    room.details.write({
      subject: storedText(variants, body.subject),
      description: stored(variants, body.description),
      owners: isOwner ? [caller.id] : [],
    });
    if (caller.isUser && variants.creatorJoins) join(org, room, [caller.id]);
    join(org, room, userIds);
    return { jid: room.jid };
  },
  getChatsRoom: (call) => {
    const { room, details } = findRoom(call, "seen");
    return showRoom(call.org, room, details);
  },
  patchChatsRoom: (call) => {
    const { org, body } = call;
    const { room, details } = findRoom(call, "latest");
    if (room.type === "group" && (body.subject !== undefined || body.ownerIds !== undefined)) {
      throw refuse("bad.request", "The subject and the owners of a group's room are those of the group.");
    }
    checkText(call, body, room);
    const owners = changedList(call, details.owners, body.ownerIds);
    for (const id of body.ownerIds ?? []) requireUser(call, id, call.variants.departedInBody);
    checkRemovedOwners(call, details.owners, owners);
    const pins = changedList(call, room.pins.latest(), body.pinnedMessageIds);
    checkPins(call, room, pins);
    room.details.write({
      subject: stored(call.variants, body.subject) ?? details.subject,
      description: stored(call.variants, body.description) ?? details.description,
      owners,
    });
    if (body.pinnedMessageIds !== undefined) room.pins.write(pins);
    if (call.variants.ownersJoin && body.ownerIds !== undefined) join(org, room, owners);
    return undefined;
  },
};
