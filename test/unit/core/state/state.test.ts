import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalEntry, RecordedResource } from "../../../../src/core/state/state.js";
import { applyEffects, emptyState, StateDraft, union, without } from "../../../../src/core/state/state.js";

const resource: RecordedResource = { kind: "rooms/*", id: "jid", applied: { participants: ["a"] } };
const record: JournalEntry = { type: "record", address: "rooms/x", resource };
const intent: JournalEntry = {
  type: "intent",
  intent: {
    ...{ address: "rooms/x", kind: "rooms/*", operation: "postChatsRooms", body: {}, effects: [] },
    ...{ at: "2026-07-01T08:00:00.000Z", record: { applied: {} } },
  },
};

function after(...entries: readonly JournalEntry[]): ReturnType<StateDraft["snapshot"]> {
  const draft = new StateDraft(emptyState("lineage"));
  for (const entry of entries) draft.apply(entry);
  return draft.snapshot();
}

test("effects set values, and add to and remove from sets", () => {
  const effects = [
    { path: "/subject", set: "New" },
    { path: "/mobile/notifications/when", set: "Always" },
    { path: "/participants", add: ["b", "a"] },
    { path: "/participants", remove: ["c"] },
    { path: "/owners", add: ["z"] },
  ];
  expect(applyEffects({ subject: "Old", participants: ["a", "c"] }, effects)).toEqual({
    subject: "New",
    mobile: { notifications: { when: "Always" } },
    participants: ["a", "b"],
    owners: ["z"],
  });
});

test("an effect applied twice equals one applied once, because journals may repeat entries", () => {
  const effect = fc.oneof(
    fc.record({ path: fc.constant("/s"), add: fc.array(fc.string()) }),
    fc.record({ path: fc.constant("/s"), remove: fc.array(fc.string()) }),
    fc.record({ path: fc.constant("/s"), set: fc.array(fc.string()) }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), effect, (before, one) => {
      const once = applyEffects({ s: before }, [one]);
      const again = applyEffects(once, [one]);
      expect(new Set(again["s"] as string[])).toEqual(new Set(once["s"] as string[]));
    }),
  );
});

test("compares sets of references likewise", () => {
  const a = { $ref: "rooms/a", field: "jid" };
  expect(union([a], [{ ...a }, "b"])).toEqual([a, "b"]);
  expect(without([a, "b"], [{ ...a }])).toEqual(["b"]);
});

test("a create is uncertain until it is recorded, or known not to have happened", () => {
  expect(after(intent).uncertain).toHaveLength(1);
  expect(after(intent, record)).toMatchObject({ uncertain: [], resources: { "rooms/x": resource } });
  expect(after(intent, { type: "not-created", address: "rooms/x" })).toMatchObject({
    uncertain: [],
    resources: {},
  });
});

test("ignores effects of unrecorded resources, and drops forgotten ones", () => {
  const effects: JournalEntry = {
    type: "effects",
    address: "rooms/x",
    effects: [{ path: "/participants", add: ["b"] }],
  };
  expect(after(effects).resources).toEqual({});
  expect(after(record, effects).resources["rooms/x"]?.applied).toEqual({ participants: ["a", "b"] });
  expect(after(record, { type: "record", address: "rooms/x", resource: null }).resources).toEqual({});
});

test("a snapshot is sorted, and later entries don't reach it", () => {
  const draft = new StateDraft(emptyState("lineage"));
  draft.apply({ type: "users", users: { "z@x.com": "1", "a@x.com": "2" } });
  draft.apply({ type: "record", address: "rooms/z", resource });
  draft.apply(record);
  const snapshot = draft.snapshot();
  draft.apply({ type: "record", address: "rooms/z", resource: null });
  expect(Object.keys(snapshot.resources)).toEqual(["rooms/x", "rooms/z"]);
  expect(Object.keys(snapshot.users)).toEqual(["a@x.com", "z@x.com"]);
});
