import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { OrgPeople } from "../../../../src/core/people/org-people.js";
import { roomGoal } from "../../../../src/resources/rooms/room-goal.js";

const people: OrgPeople = {
  tokenUser: "me",
  departed: new Map([
    ["dee", { state: "deleted", email: "dee@x.com" }],
    ["ida", { state: "inactive" }],
  ]),
  people: { sam: "sam@x.com" },
};

interface Given {
  readonly declared: JsonObject;
  readonly live: JsonObject;
  readonly applied?: JsonObject;
  readonly mode?: "additive";
}

function goal({ declared, live, applied, mode }: Given): ReturnType<typeof roomGoal> {
  const options = mode === undefined ? undefined : { participantsMode: mode };
  const room = { address: "rooms/a", kind: "rooms/*", pointer: "", attributes: declared, applied, options };
  return roomGoal(room, live, people);
}

describe("departed participants", () => {
  test("are in the goal exactly if they are live, where they are declared", () => {
    const declared = { participants: ["dee", "ida", "sam"] };
    expect(goal({ declared, live: { participants: ["dee"] } }).attributes).toEqual({
      participants: ["dee", "sam"],
    });
  });

  test("are removed by an exact list only if chatform added them", () => {
    const live = { participants: ["dee", "ida", "kim"] };
    expect(
      goal({ declared: { participants: [] }, live, applied: { participants: ["dee"] } }).attributes,
    ).toEqual({
      participants: ["ida"],
    });
  });

  test("who own the room follow the same rules", () => {
    const declared = { owners: ["dee", "sam"] };
    const live = { owners: ["ida", "kim"] };
    expect(goal({ declared, live }).attributes).toEqual({ owners: ["sam", "ida"] });
    expect(goal({ declared, live, applied: { owners: ["ida"] } }).attributes).toEqual({ owners: ["sam"] });
  });
});

describe("findings about a roster", () => {
  const codes = (given: Given): readonly (readonly string[])[] =>
    (goal(given).findings ?? []).map(({ code, text }) => [code, text]);

  test("name departed users who are not declared, once for the room", () => {
    expect(codes({ declared: { participants: [] }, live: { participants: ["dee", "ida"] } })).toEqual([
      [
        "inactive-participant",
        "2 departed users are still in rooms/a and not declared: dee@x.com, ida. chatform leaves them alone.",
      ],
    ]);
    // One who is removed now is no finding.
    const applied = { participants: ["dee"] };
    expect(codes({ declared: { participants: [] }, live: { participants: ["dee"] }, applied })).toEqual([]);
  });

  test("count the undeclared participants of additive rooms, without the token's user and departed users", () => {
    const others = Array.from({ length: 7 }, (_, at) => `u${at}`);
    const live = { participants: ["me", "dee", "kim", "sam", ...others] };
    const given = { declared: { participants: ["kim"] }, live, mode: "additive" } as const;
    expect(codes(given)[1]).toEqual([
      "undeclared-participant",
      "8 participants are in rooms/a and not declared: sam@x.com, u0, u1, u2, u3 and 3 more. participantsMode: additive keeps them.",
    ]);
    expect(goal({ ...given, live: { participants: ["sam"] } }).findings).toMatchObject([{ user: "sam" }]);
  });

  test("show the ids of users who share an e-mail", () => {
    const shared: OrgPeople = { ...people, people: { sam: "sam@x.com", dee2: "dee@x.com" } };
    const room = { address: "rooms/a", kind: "rooms/*", pointer: "", attributes: { participants: [] } };
    expect(roomGoal(room, { participants: ["dee", "ida"] }, shared).findings).toMatchObject([
      { text: expect.stringContaining("declared: dee@x.com (dee), ida.") as string },
    ]);
  });

  test("say nothing where participants are not declared", () => {
    expect(
      codes({ declared: { subject: "A" }, live: { participants: ["dee", "sam"] }, mode: "additive" }),
    ).toEqual([]);
  });
});
