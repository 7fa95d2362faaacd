import type { CallDraft } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import type { Id } from "../../core/calls/reference.js";
import { resourceRef } from "../../core/calls/reference.js";
import { changedAttributes, elements, pick, setDifference, setEffects } from "../attributes.js";
import { call } from "../calls.js";
import { isDeparted, withoutDeparted } from "../../core/people/org-people.js";
import { maxUsersInCreate } from "../names.js";
import { participantChanges } from "./room-capacity.js";

/**
 * Returns the calls of a room's change.
 *
 *   create:  POST room (25 participants) -> POST each further one -> PATCH owners
 *   update:  POST new participants -> PATCH texts and owners -> DELETE participants
 *   full:    DELETE participants -> POST new participants -> PATCH texts and owners
 *
 * Calls wait for each other only where the order matters: a user joins the room before owning it, and stops owning it before being
 * removed. If the room is full, or its limit was not read, participants are removed before others are added.
 */
export function roomCalls(change: ResourceChange): readonly CallDraft[] {
  return change.type === "create" ? createCalls(change) : updateCalls(change);
}

function createCalls({ resource, after }: ResourceChange): readonly CallDraft[] {
  const owners = elements(after, "/owners");
  const participants = elements(after, "/participants");
  const ordered = [
    ...participants.filter((id) => owners.includes(id)),
    ...participants.filter((id) => !owners.includes(id)),
  ];
  const first = ordered.slice(0, maxUsersInCreate);
  const body = {
    ...pick(after, after["description"] === "" ? ["subject"] : ["subject", "description"]),
    ...(first.length === 0 ? {} : { userIds: first }),
  };
  const jid = resourceRef(resource.address, "jid");
  const create = call("postChatsRooms", {
    params: {},
    body,
    captures: { jid: "/jid" },
    effects: [
      ...setEffects(pick(after, ["subject", "description"])),
      ...(after["participants"] === undefined ? [] : [{ add: first, path: "/participants" }]),
    ],
  });
  const adds = ordered.slice(maxUsersInCreate).map((id) => addCall(jid, id, [0]));
  if (owners.length === 0) return [create, ...adds];
  const ownerCalls = owners.map((id) => Math.max(0, ordered.indexOf(id) - maxUsersInCreate + 1));
  const follows = [...new Set(ownerCalls)].sort((a, b) => a - b);
  return [create, ...adds, patchCall(jid, { owners }, follows)];
}

function updateCalls(change: ResourceChange): readonly CallDraft[] {
  const jid = change.resource.id ?? "";
  const owners = withoutDeparted(elements(change.after, "/owners"), change);
  const touched = changedAttributes(change);
  const changed = {
    ...pick(touched, ["subject", "description"]),
    ...(touched["owners"] === undefined ? {} : { owners }),
  };
  const { added, atOnce, handedOver, order, keptOwners } = participantChanges(change);
  const calls: CallDraft[] = [];
  const place = (drafts: readonly CallDraft[]): readonly number[] =>
    drafts.map((draft) => calls.push(draft) - 1);

  const handOver = order === "owners-first" ? place([patchCall(jid, { owners: keptOwners }, [])]) : [];
  const early =
    order === "owners-first" ? [...atOnce, ...handedOver] : order === "remove-first" ? atOnce : [];
  const out = place(early.map((id) => removeCall(jid, id, handedOver.includes(id) ? handOver : [])));
  const ins = place(added.map((id) => addCall(jid, id, [], out)));
  const ownersIn = ins.filter((_call, at) => owners.includes(added[at] ?? null));
  const ownersDone = handOver.length > 0 && owners.length === keptOwners.length;
  const texts = pick(changed, ["subject", "description"]);
  const rest = ownersDone ? texts : changed;
  // The service may refuse to end the ownership of a departed user: the texts are changed all the same.
  const bodies = losesDepartedOwner(change) ? [texts, pick(rest, ["owners"])] : [rest];
  const patch = place(
    bodies
      .filter((body) => Object.keys(body).length > 0)
      .map((body) => patchCall(jid, body, [...handOver, ...ownersIn])),
  );
  const { tokenUser } = change;
  const { removed } = setDifference(change, "/participants");
  const late = removed.filter((id) => id !== tokenUser && !early.includes(id));
  place(late.map((id) => removeCall(jid, id, handedOver.includes(id) ? patch : [])));
  // Last: a user who is not in the room may not be allowed to change it.
  if (typeof tokenUser === "string" && removed.includes(tokenUser))
    place([removeCall(jid, tokenUser, [...calls.keys()])]);
  return calls;
}

function losesDepartedOwner(change: ResourceChange): boolean {
  return setDifference(change, "/owners").removed.some((id) => isDeparted(id, change));
}

function addCall(
  roomJid: Id,
  id: Json,
  follows: readonly number[],
  after: readonly number[] = [],
): CallDraft {
  const effects = [{ add: [id], path: "/participants" }];
  return call("postChatsRoomParticipant", { params: { roomJid, userId: id as Id }, follows, after, effects });
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
