import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { ResourceChange } from "../../../../src/core/kind/resource-change.js";
import { capacityFindings, participantChanges } from "../../../../src/resources/rooms/room-capacity.js";
import { room } from "../../../../src/resources/rooms/room.js";

function change(before: JsonObject, after: JsonObject, departed: readonly string[] = []): ResourceChange {
  return {
    resource: { address: "rooms/full", kind: "rooms/*", pointer: "", id: "J", attributes: after },
    type: "update",
    before,
    after: { ...before, ...after },
    attributes: Object.keys(after).map((name) => ({ path: `/${name}`, cause: "config" })),
    tokenUser: "me",
    departed: new Map(departed.map((id) => [id, { state: "deleted" }])),
  };
}

const full = { participantLimit: 3, roomType: "adhoc", owners: [], participants: ["ana", "bo", "sam"] };

/** Returns the operation and the user of each call, and the positions of the calls that it waits for. */
function calls(one: ResourceChange): readonly (readonly unknown[])[] {
  return room.plan
    .calls(one)
    .map(({ operation, params, after }) => [operation, params["userId"], after ?? []]);
}

describe("a swap in a full room", () => {
  test("removes before it adds", () => {
    const swap = change(full, { participants: ["ana", "bo", "lee"] });
    expect(participantChanges(swap).order).toBe("remove-first");
    expect(capacityFindings(swap)).toEqual([]);
    expect(calls(swap)).toEqual([
      ["deleteChatsRoomParticipant", "sam", []],
      ["postChatsRoomParticipant", "lee", [0]],
    ]);
  });

  test("tries to remove a departed user first, and adds whatever the service says", () => {
    const swap = change(full, { participants: ["ana", "bo", "lee"] }, ["sam"]);
    expect(calls(swap).map(([operation]) => operation)).toEqual([
      "deleteChatsRoomParticipant",
      "postChatsRoomParticipant",
    ]);
    expect(capacityFindings(swap)).toMatchObject([{ code: "room-full", severity: "warning" }]);
  });

  test("cannot use the place of the token's user, who leaves last", () => {
    const before = { ...full, participants: ["ana", "bo", "me"] };
    expect(capacityFindings(change(before, { participants: ["ana", "bo", "lee"] }))).toMatchObject([
      { code: "room-full", severity: "error" },
    ]);
  });

  test("sends no departed owner", () => {
    const before = { ...full, owners: ["ana", "dee"] };
    const [patch] = room.plan.calls(change(before, { owners: ["ana", "bo", "dee"] }, ["dee"]));
    expect([patch?.body, patch?.effects]).toEqual([
      { ownerIds: ["ana", "bo"] },
      [{ path: "/owners", set: ["ana", "bo"] }],
    ]);
  });
});

describe("a list longer than the limit", () => {
  test("is an error with the numbers", () => {
    const longer = change(full, { participants: ["ana", "bo", "lee", "max"] });
    expect(capacityFindings(longer)).toEqual([
      {
        code: "room-full",
        severity: "error",
        text: "The room holds at most 3 participants. 3 are present, 1 would be removed first and 2 would be added: 4 in total.",
      },
    ]);
  });

  test("is only a warning where departed users take the places", () => {
    const [finding] = capacityFindings(change(full, { participants: ["ana", "bo", "sam", "max"] }, ["bo"]));
    expect(finding).toMatchObject({ severity: "warning" });
    expect(finding?.text).toContain("1 of those present is a departed user");
  });

  test("counts against the published limit for a new room", () => {
    const many = Array.from({ length: 1001 }, (_, at) => `u${at}`);
    const create = { ...change({}, { participants: many }), type: "create" as const };
    expect(capacityFindings(create)).toMatchObject([{ severity: "error" }]);
    expect(capacityFindings({ ...create, after: { participants: many.slice(1) } })).toEqual([]);
  });
});

describe("the limit of a room that declares only participants", () => {
  const reads = (declared: readonly string[], applied?: readonly string[]): readonly string[] =>
    room.live
      .reads({
        ...{
          address: "rooms/full",
          kind: "rooms/*",
          pointer: "",
          id: "J",
          attributes: { participants: declared },
        },
        applied: applied === undefined ? undefined : { participants: applied },
      })
      .map(({ operation }) => operation);

  test("is read only where participants may be added", () => {
    expect(reads(["ana", "bo"], ["ana", "bo", "sam"])).toEqual(["getChatsRoomParticipants"]);
    expect(reads(["ana", "lee"], ["ana"])).toEqual(["getChatsRoom", "getChatsRoomParticipants"]);
    expect(reads(["ana"])).toEqual(["getChatsRoom", "getChatsRoomParticipants"]);
  });
});
