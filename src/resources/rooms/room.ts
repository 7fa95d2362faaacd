import type { Finding } from "../../core/plan/change.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { byCodeUnit, isObject } from "../../core/json/json.js";
import type { Goal, World } from "../../core/kind/resource-change.js";
import type { Kind } from "../../core/kind/kind.js";
import type { NameLookup, BlockPath, Problem } from "../../core/kind/declaration.js";
import type { Read } from "../../core/kind/read.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import type { Id } from "../../core/calls/reference.js";
import { groupRef, userId } from "../../core/calls/reference.js";
import { union, without } from "../../core/state/state.js";
import { elements, pick } from "../attributes.js";
import { read } from "../calls.js";
import { maxParticipants } from "../names.js";
import { capacityFindings } from "./room-capacity.js";
import { duplicateItems } from "../duplicate-items.js";
import { roomCalls } from "./room-calls.js";
import { findRoom } from "./room-find.js";
import { decodeRoom } from "./room-live.js";
import type { Member, RoomBlock } from "./room-schema.js";
import { declarations } from "./room-schema.js";

/** An ad hoc room: its texts, owners and participants. */
export const room: Kind<RoomBlock> = {
  name: "rooms/*",
  type: "chat_room",
  title: "room",
  operations: [
    "deleteChatsRoomParticipant",
    "getChatsRoom",
    "getChatsRoomParticipants",
    "patchChatsRoom",
    "postChatsRoomParticipant",
    "postChatsRooms",
  ],
  at: "rooms/*",
  declares: declarations,
  sets: ["/owners", "/participants"],
  people: ["/owners", "/participants"],
  adopts: true,
  restores: false,
  check,
  expand,
  reads,
  recheck: (subject) => {
    const [only, ...more] = reads(subject);
    const other =
      only?.operation === "getChatsRoom" && more.length === 0 ? "getChatsRoomParticipants" : "getChatsRoom";
    return read(other, { roomJid: subject.id ?? "" });
  },
  decode(_subject, answers) {
    const present = answers.every((answer) => answer.found && isObject(answer.body));
    return present ? { present, attributes: decodeRoom(answers) } : { present };
  },
  needsActor: (subject, live) =>
    live?.present === true && hasExtras(goal(subject, live.attributes, { actor: undefined }), live.attributes)
      ? "helps"
      : "no",
  goal,
  calls: roomCalls,
  remarks: (change) => [
    ...groupRemarks(
      change.before,
      change.attributes.map(({ path }) => path),
    ),
    ...capacityFindings(change),
  ],
  countable: (live) => elements(live, "/participants").length,
  remove: ({ onRemove }) =>
    onRemove === "empty"
      ? { action: "reset", reads: { participants: [] }, goal: () => ({ participants: [] }) }
      : { action: "forget" },
  whole: { subject: "", participants: [] },
  express,
  find: findRoom,
};

function reads({ id = "", attributes }: ResolvedResource): readonly Read[] {
  const params = { roomJid: id };
  const details = ["subject", "description", "owners"].some((name) => attributes[name] !== undefined);
  const people = attributes["participants"] !== undefined;
  return [
    // A room with nothing declared is read once too: to know that it is there.
    ...(details || !people ? [read("getChatsRoom", params)] : []),
    ...(people ? [read("getChatsRoomParticipants", params)] : []),
  ];
}

function check(block: RoomBlock, place: BlockPath): readonly Problem[] {
  const problems: Problem[] = [];
  if (block.jid === undefined && block.subject === undefined) {
    problems.push({
      code: "missing-key",
      summary: "A room without a subject",
      detail: "A room needs a subject to be created, or the jid of an existing room to be taken over.",
      help: "Add subject: or jid:.",
      pointer: place.pointer,
      atKey: true,
    });
  }
  for (const list of ["owners", "participants"] as const) {
    problems.push(...duplicateItems(block[list]?.map(nameOf), `${place.pointer}/${list}`));
  }
  problems.push(...duplicateItems(block.ignore, `${place.pointer}/ignore`));
  const count = block.participants?.length ?? 0;
  if (count > maxParticipants) {
    problems.push({
      code: "too-many-participants",
      summary: "Too many participants",
      detail: `A room holds at most ${maxParticipants} participants; ${count} are declared.`,
      help: "Remove some of them, or make a second room.",
      pointer: `${place.pointer}/participants`,
      atKey: true,
    });
  }
  return problems;
}

function nameOf(member: Member): string {
  return typeof member === "string" ? member.toLowerCase() : `The group ${member.group}`;
}

function expand(block: RoomBlock, { names: [name = ""], pointer: at }: BlockPath): readonly Resource[] {
  const { jid, owners, participants, participantsMode, protect, onRemove, ignore } = block;
  return [
    {
      address: `rooms/${name}`,
      kind: "rooms/*",
      ...(jid === undefined ? {} : { id: jid }),
      attributes: {
        ...pick(block, ["subject", "description"]),
        ...(owners === undefined ? {} : { owners: owners.map(memberId) }),
        ...(participants === undefined ? {} : { participants: participants.map(memberId) }),
      },
      ...(participantsMode === undefined ? {} : { options: { participantsMode } }),
      ...(protect === undefined ? {} : { protect }),
      ...(onRemove === undefined ? {} : { onRemove }),
      ...(ignore === undefined ? {} : { ignore }),
      pointer: at,
    },
  ];
}

function express({ id }: ResolvedResource, live: JsonObject, { user: person }: NameLookup): JsonObject {
  const people = (path: string): readonly string[] =>
    elements(live, path)
      .flatMap((user) => (typeof user === "string" ? person(user) : []))
      .sort(byCodeUnit);
  const { subject, description } = live;
  return {
    jid: id,
    // A group's room has no subject of its own.
    ...(live["roomType"] === "adhoc" && subject !== "" ? { subject } : {}),
    ...(description === "" ? {} : { description }),
    ...(live["roomType"] === "adhoc"
      ? { owners: people("/owners"), participants: people("/participants") }
      : {}),
  };
}

function memberId(member: Member): Json & Id {
  const id = typeof member === "string" ? userId(member) : groupRef(member.group);
  return id;
}

/**
 * An exact list never removes the acting user, who might lock themselves out, nor an owner that the files declare: a service that puts the creator or
 * the owners into the room would otherwise give a plan that never ends.
 */
function goal(subject: ResolvedResource, live: JsonObject, { actor }: World): Goal {
  const { owners, participants } = subject.attributes;
  const declared = [...new Set(elements(subject.attributes, "/participants"))];
  const present = elements(live, "/participants");
  const additive = subject.options?.["participantsMode"] === "additive";
  const kept = [...elements(subject.attributes, "/owners"), ...(typeof actor === "string" ? [actor] : [])];
  const keep = (list: readonly Json[], wanted: readonly Json[]): readonly Json[] =>
    union(wanted, additive ? list : list.filter((id) => kept.includes(id)));
  const declaredOwners = [...new Set(elements(subject.attributes, "/owners"))];
  const ownActor = elements(live, "/owners").filter((id) => typeof actor === "string" && id === actor);
  return {
    attributes: {
      ...pick(subject.attributes, ["subject", "description"]),
      ...(owners === undefined ? {} : { owners: union(declaredOwners, ownActor) }),
      ...(participants === undefined ? {} : { participants: keep(present, declared) }),
    },
    remarks: actorRemarks(actor, [
      ["owns the room", owners === undefined ? [] : without(ownActor, declaredOwners)],
      ["is in the room", participants === undefined || additive ? [] : without(present, declared)],
    ]),
  };
}

/** @param lists what being in them means, and who is in them without being declared */
function actorRemarks(
  actor: World["actor"],
  lists: readonly (readonly [string, readonly Json[]])[],
): readonly Finding[] {
  const roles = lists.filter(([, extras]) => typeof actor === "string" && extras.includes(actor));
  if (roles.length === 0) return [];
  const role = roles.map(([text]) => text).join(" and ");
  const text = `The user of this token ${role}, but is not declared there. chatform never removes that user.`;
  return [{ code: "acting-user-kept", severity: "note", text }];
}

/** Whether an exact list would remove somebody: then it matters whose token it is. */
function hasExtras({ attributes }: Goal, live: JsonObject): boolean {
  return ["/owners", "/participants"].some((path) => {
    const wanted = elements(attributes, path);
    return attributes[path.slice(1)] !== undefined && without(elements(live, path), wanted).length > 0;
  });
}

function groupRemarks(live: JsonObject, paths: readonly string[]): readonly Finding[] {
  if (live["roomType"] !== "group" || !paths.includes("/participants")) return [];
  const text =
    "This is a group's room: its participants follow the group. The service may refuse these calls; change the group instead.";
  return [{ code: "group-room", severity: "warning", text }];
}
