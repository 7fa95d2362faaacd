import { expect, test } from "vitest";
import type { Call } from "../../../../src/core/calls/call.js";
import { toCounts } from "../../../../src/core/plan/counts.js";

const call = (...effects: Call["effects"]): Call => ({
  ...{ id: "a#1", operation: "any", params: {}, dependsOn: [] },
  effects,
});
const nothing = {
  create: 0,
  update: 0,
  delete: 0,
  adopt: 0,
  forget: 0,
  move: 0,
  uncertain: 0,
  removedPeople: 0,
};

test("counts changes by action, and people who leave rooms by any of them", () => {
  const gone = call({ path: "/participants", remove: ["a", "b"] });
  const others = call({ path: "/participants", add: ["c"] }, { path: "/pins", remove: ["m1"] });
  const changes = [
    { action: "create", calls: [others] },
    { action: "update", calls: [gone, others] },
    { action: "forget", calls: [gone] },
    { action: "forget", calls: [] },
    { action: "no-op", calls: [] },
  ] as const;
  expect(toCounts(changes, [], [])).toEqual({
    ...nothing,
    create: 1,
    update: 1,
    forget: 2,
    removedPeople: 4,
  });
});

test("counts renamed rooms without their messages, and creates that are still uncertain", () => {
  const moves = [
    { from: "rooms/a/messages/m", to: "rooms/b/messages/m" },
    { from: "rooms/a", to: "rooms/b" },
  ];
  expect(toCounts([], moves, [{}, { recovered: true }])).toEqual({ ...nothing, move: 1, uncertain: 1 });
});
