import type { CallDraft } from "../core/call.js";
import type { Json, JsonObject } from "../core/json.js";
import type { Move } from "../core/kind.js";
import type { Id } from "../core/reference.js";
import { resourceRef } from "../core/reference.js";
import { changedAttributes, elements, pick, setDifference, setEffects } from "./attributes.js";
import { call } from "./call.js";
import { maxUsersInCreate } from "./names.js";

/**
 * The calls of a room's change.
 *
 *   create:  POST room (25 participants) -> POST each further one -> PATCH owners
 *   update:  POST new participants -> PATCH texts and owners -> DELETE participants
 *
 * Only what needs order has it: an owner is in the room before they are made its owner, and no longer its owner when
 * they are removed.
 */
export function roomCalls(move: Move): readonly CallDraft[] {
  return move.type === "create" ? createCalls(move) : updateCalls(move);
}

function createCalls({ subject, after }: Move): readonly CallDraft[] {
  const owners = elements(after, "/owners");
  const participants = elements(after, "/participants");
  const ordered = [
    ...participants.filter((id) => owners.includes(id)),
    ...participants.filter((id) => !owners.includes(id)),
  ];
  const first = ordered.slice(0, maxUsersInCreate);
  const description = after["description"] === "" ? undefined : after["description"];
  const body = {
    subject: after["subject"],
    ...(description === undefined ? {} : { description }),
    ...(first.length === 0 ? {} : { userIds: first }),
  };
  const jid = resourceRef(subject.address, "jid");
  const create = call("postChatsRooms", {
    params: {},
    body,
    captures: { jid: "/jid" },
    effects: [
      ...setEffects(pick(after, ["subject", "description"])),
      ...(after["participants"] === undefined ? [] : [{ path: "/participants", add: first }]),
    ],
  });
  const adds = ordered.slice(maxUsersInCreate).map((id) => addCall(jid, id, [0]));
  const ownersFollow = owners.flatMap((id) => Math.max(0, ordered.indexOf(id) - maxUsersInCreate + 1));
  const patches =
    owners.length === 0
      ? []
      : [
          patchCall(
            jid,
            { owners },
            [...new Set(ownersFollow)].sort((a, b) => a - b),
          ),
        ];
  return [create, ...adds, ...patches];
}

function updateCalls(move: Move): readonly CallDraft[] {
  const jid = move.subject.id ?? "";
  const { added, removed } = setDifference(move, "/participants");
  const ownersBefore = elements(move.before, "/owners");
  const owners = elements(move.after, "/owners");
  const changed = pick(changedAttributes(move), ["subject", "description", "owners"]);
  const adds = added.map((id) => addCall(jid, id));
  const patches =
    Object.keys(changed).length === 0 ? [] : [patchCall(jid, changed, positions(added, owners))];
  const ownersPatch = changed["owners"] === undefined ? [] : [adds.length];
  // The acting user goes last, if at all: who is not in a room may not be let in to change it.
  const { actor } = move.world;
  const others = removed.filter((id) => id !== actor);
  const removes = others.map((id) => removeCall(jid, id, ownersBefore.includes(id) ? ownersPatch : []));
  const calls = [...adds, ...patches, ...removes];
  if (others.length === removed.length || typeof actor !== "string") return calls;
  return [...calls, removeCall(jid, actor, [...calls.keys()])];
}

/** Positions in `list` of the elements that are in `wanted`. */
function positions(list: readonly Json[], wanted: readonly Json[]): number[] {
  return list.flatMap((id, at) => (wanted.includes(id) ? [at] : []));
}

function addCall(roomJid: Id, id: Json, follows: readonly number[] = []): CallDraft {
  const effects = [{ path: "/participants", add: [id] }];
  return call("postChatsRoomParticipant", { params: { roomJid, userId: id as Id }, follows, effects });
}

function removeCall(roomJid: Id, id: Json, follows: readonly number[]): CallDraft {
  const effects = [{ path: "/participants", remove: [id] }];
  return call("deleteChatsRoomParticipant", { params: { roomJid, userId: id as Id }, follows, effects });
}

function patchCall(roomJid: Id, attributes: JsonObject, follows: readonly number[]): CallDraft {
  const { owners, ...texts } = attributes;
  const body = { ...texts, ...(owners === undefined ? {} : { ownerIds: owners }) };
  return call("patchChatsRoom", { params: { roomJid }, body, follows, effects: setEffects(attributes) });
}
