import { expect, test } from "vitest";
import type { CallDraft, Condition, Effect } from "../../../../src/core/calls/call.js";
import { orderByConditions } from "../../../../src/core/calls/call-constraints.js";

const path = "/participants";
const sam: Condition = { address: "rooms/a", path, value: "sam" };

interface Given {
  readonly effects?: readonly Effect[];
  readonly while?: readonly Condition[];
}

/** The order of one call for each of these, by address: `rooms/a` is the call `rooms/a#1`. */
function order(calls: Readonly<Record<string, Given>>) {
  const changes = Object.entries(calls).map(([address, given]) => {
    const draft: CallDraft = { operation: "patchChatsRoom", params: {}, effects: [], ...given };
    return { address, drafts: [draft] };
  });
  const { enablers, earlier } = orderByConditions(changes);
  return { enablers: Object.fromEntries(enablers), earlier: Object.fromEntries(earlier) };
}

test.each<readonly [string, Effect, "makes" | "breaks" | "neither"]>([
  ["adds the element", { path, add: ["kim", "sam"] }, "makes"],
  ["adds others", { path, add: ["kim"] }, "neither"],
  ["removes the element", { path, remove: ["sam"] }, "breaks"],
  ["removes others", { path, remove: ["kim"] }, "neither"],
  ["sets a list with it", { path, set: ["kim", "sam"] }, "makes"],
  ["sets a list without it", { path, set: [] }, "breaks"],
  ["sets the value", { path, set: "sam" }, "makes"],
  ["sets another value", { path, set: "kim" }, "breaks"],
  ["sets another attribute", { path: "/owners", set: ["kim"] }, "neither"],
])("a call that %s", (_what, effect, wanted) => {
  const found = order({ "rooms/a": { effects: [effect] }, m: { while: [sam] } });
  expect(found.enablers).toEqual(wanted === "makes" ? { "m#1": ["rooms/a#1"] } : {});
  expect(found.earlier).toEqual(wanted === "breaks" ? { "rooms/a#1": ["m#1"] } : {});
});

test("compares only the given address, and never the call's own", () => {
  const effects = [{ path, add: ["sam"] }];
  expect(order({ "rooms/b": { effects }, m: { while: [sam] } })).toEqual({ enablers: {}, earlier: {} });
  expect(order({ "rooms/a": { effects, while: [sam] } })).toEqual({ enablers: {}, earlier: {} });
});

test("several conditions, several calls", () => {
  const kim = { ...sam, value: "kim" };
  const found = order({
    "rooms/a": {
      effects: [
        { path, add: ["sam"] },
        { path, remove: ["kim"] },
      ],
    },
    m: { while: [sam, kim] },
    n: { while: [kim] },
  });
  expect(found).toEqual({ enablers: { "m#1": ["rooms/a#1"] }, earlier: { "rooms/a#1": ["m#1", "n#1"] } });
});

test("what must not be so is ended before", () => {
  const effects = [
    { path, add: ["kim"] },
    { path, remove: ["sam"] },
  ];
  expect(order({ "rooms/a": { effects }, m: { while: [{ ...sam, not: true }] } })).toEqual({
    enablers: { "m#1": ["rooms/a#1"] },
    earlier: {},
  });
  expect(order({ "rooms/a": { effects }, m: { while: [{ ...sam, value: "kim", not: true }] } })).toEqual({
    enablers: {},
    earlier: { "rooms/a#1": ["m#1"] },
  });
});
