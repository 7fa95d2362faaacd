import type { JsonObject } from "../../core/json/json.js";
import { byCodeUnit, isObject } from "../../core/json/json.js";
import type { BlockPath, NameLookup, Problem } from "../../core/kind/declaration.js";
import { defineKind } from "../../core/kind/define-kind.js";
import type { Read } from "../../core/kind/read.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import { without } from "../../core/state/state.js";
import { elements, pick, textElements } from "../attributes.js";
import { read } from "../calls.js";
import { duplicateItems } from "../duplicate-items.js";
import { maxParticipants } from "../names.js";
import { countPeople, duplicatePeople, peopleIds } from "../people/people-list.js";
import { recoverRoom } from "./recover-room.js";
import { roomCalls } from "./room-calls.js";
import { dependsOnUser, roomFindings, roomGoal } from "./room-goal.js";
import { decodeRoom } from "./room-live.js";
import type { RoomBlock } from "./room-schema.js";
import { declarations } from "./room-schema.js";

/** An ad hoc room: its texts, owners and participants. */
export const room = defineKind<RoomBlock>({
  name: "rooms/*",
  type: "chat_room",
  title: "room",
  declare: { at: "rooms/*", schema: declarations, check, expand, toBlock, comment },
  live: {
    attributes: {
      "/subject": {},
      "/description": {},
      "/owners": { set: true, users: true },
      "/participants": { set: true, users: true },
    },
    reads,
    recheck(resource) {
      const operations = reads(resource).map(({ operation }) => operation);
      const other = operations.join() === "getChatsRoom" ? "getChatsRoomParticipants" : "getChatsRoom";
      return [read(other, { roomJid: resource.id ?? "" })];
    },
    decode(_resource, responses) {
      const present = responses.every((response) => response.found && isObject(response.body));
      return present ? { present, attributes: decodeRoom(responses) } : { present };
    },
  },
  plan: {
    adopts: true,
    dependsOnUser,
    goal: roomGoal,
    calls: roomCalls,
    findings: roomFindings,
    countItems: (live) => elements(live, "/participants").length,
    remove(resource) {
      if (resource.onRemove !== "empty") return { action: "forget" };
      const empty = { ...resource, attributes: { participants: [] }, options: {} };
      return {
        action: "reset",
        reads: { participants: [] },
        goal: (live, people) => roomGoal(empty, live, { ...people, tokenUser: undefined }).attributes,
      };
    },
  },
  recover: recoverRoom,
});

function reads({ id = "", attributes, applied }: ResolvedResource): readonly Read[] {
  const params = { roomJid: id };
  const participants = attributes["participants"] !== undefined;
  const details =
    ["subject", "description", "owners", "participantLimit"].some((name) => attributes[name] !== undefined) ||
    // Only the room shows its limit, which matters where participants may be added.
    without(elements(attributes, "/participants"), elements(applied ?? {}, "/participants")).length > 0;
  return [
    // A room with nothing declared is read too: to know that it exists.
    ...(details || !participants ? [read("getChatsRoom", params)] : []),
    ...(participants ? [read("getChatsRoomParticipants", params)] : []),
  ];
}

function check(block: RoomBlock, { pointer }: BlockPath): readonly Problem[] {
  const count = countPeople(block.participants);
  return [
    ...(block.jid === undefined && block.subject === undefined ? [missingSubject(pointer)] : []),
    ...duplicatePeople(block.owners, `${pointer}/owners`),
    ...duplicatePeople(block.participants, `${pointer}/participants`),
    ...duplicateItems(block.ignore, `${pointer}/ignore`),
    ...(count > maxParticipants ? [tooManyParticipants(count, `${pointer}/participants`)] : []),
  ];
}

function missingSubject(pointer: string): Problem {
  return {
    code: "missing-key",
    summary: "Room without a subject",
    detail: "A new room needs a subject; an existing room is adopted by its jid.",
    help: "Add subject: or jid:.",
    pointer,
    atKey: true,
  };
}

function tooManyParticipants(count: number, pointer: string): Problem {
  return {
    code: "too-many-participants",
    summary: "Too many participants",
    detail: `A room holds at most ${maxParticipants} participants; ${count} are declared.`,
    help: "Remove some of them, or make a second room.",
    pointer,
    atKey: true,
  };
}

function expand(block: RoomBlock, { names: [name = ""], pointer }: BlockPath): readonly Resource[] {
  const { jid, owners, participants, participantsMode, protect, onRemove, ignore } = block;
  return [
    {
      address: `rooms/${name}`,
      kind: "rooms/*",
      ...(jid === undefined ? {} : { id: jid }),
      attributes: {
        ...pick(block, ["subject", "description"]),
        ...(owners === undefined ? {} : { owners: peopleIds(owners) }),
        ...(participants === undefined ? {} : { participants: peopleIds(participants) }),
      },
      ...(participantsMode === undefined ? {} : { options: { participantsMode } }),
      ...(protect === undefined ? {} : { protect }),
      ...(onRemove === undefined ? {} : { onRemove }),
      ...(ignore === undefined ? {} : { ignore }),
      pointer,
    },
  ];
}

function toBlock({ id }: ResolvedResource, live: JsonObject, { user }: NameLookup): JsonObject {
  const users = (path: string): readonly string[] => textElements(live, path).map(user).sort(byCodeUnit);
  const { subject, description, roomType } = live;
  const isAdHoc = roomType === "adhoc";
  return {
    jid: id,
    // A group's room has no subject of its own.
    ...(isAdHoc && subject !== "" ? { subject } : {}),
    ...(description === "" ? {} : { description }),
    ...(isAdHoc ? { owners: users("/owners"), participants: users("/participants") } : {}),
  };
}

function comment({ subject, participants }: JsonObject): string | undefined {
  if (typeof subject !== "string") return undefined;
  if (!Array.isArray(participants)) return subject;
  return `${subject}, ${participants.length} participant${participants.length === 1 ? "" : "s"}`;
}
