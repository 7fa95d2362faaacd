import { expect, test } from "vitest";
import type { Resource } from "../../../../src/core/kind/resource.js";
import { moveEntries, findRenames } from "../../../../src/core/state/state-moves.js";
import { resourceRef } from "../../../../src/core/calls/reference.js";
import type { RecordedResource, State } from "../../../../src/core/state/state.js";
import { emptyState, StateDraft } from "../../../../src/core/state/state.js";

const jid = "adhoc-1@conference.acme.orgspan.com";
const room: RecordedResource = { kind: "rooms/*", id: jid, applied: { subject: "Lobby" } };
const message = (id: string, applied: RecordedResource["applied"]): RecordedResource => ({
  ...{ kind: "rooms/*/messages/*", id, container: jid, applied },
});

const state: State = {
  ...emptyState("L"),
  resources: {
    "rooms/a": room,
    "rooms/a/messages/x": message("m1", { body: "rooms/a is the place" }),
    "rooms/a/messages/y": message("m2", { body: "Y", replyTo: "rooms/a/messages/x" }),
    "rooms/ab": { ...room, id: "other" },
  },
};

function after(from: string, to: string, base = state): State {
  const draft = new StateDraft(base);
  for (const entry of moveEntries(base, [{ from, to }])) draft.apply(entry);
  return draft.snapshot();
}

test("moves the messages and pins of a room with it, and keeps replies", () => {
  expect(after("rooms/a", "rooms/b").resources).toEqual({
    "rooms/ab": { ...room, id: "other" },
    "rooms/b": room,
    "rooms/b/messages/x": message("m1", { body: "rooms/a is the place" }),
    "rooms/b/messages/y": message("m2", { body: "Y", replyTo: "rooms/b/messages/x" }),
  });
});

test("keeps a reply to a moved message at its address, with a reference to the new address", () => {
  expect(after("rooms/a/messages/x", "rooms/a/messages/z").resources).toMatchObject({
    "rooms/a/messages/y": { applied: { replyTo: "rooms/a/messages/z" } },
    "rooms/a/messages/z": { id: "m1" },
  });
});

test("moves an uncertain create too", () => {
  const intent = {
    ...{ address: "rooms/a/messages/n", kind: "rooms/*/messages/*", operation: "postChatsRoomMessages" },
    ...{ container: jid, body: {}, at: "2026-07-01T08:00:00.000Z", record: { applied: {} }, effects: [] },
  };
  const moved = after("rooms/a", "rooms/b", { ...state, uncertain: [intent] });
  expect(moved.uncertain).toEqual([{ ...intent, address: "rooms/b/messages/n" }]);
});

test("loses nothing when killed halfway", () => {
  const entries = moveEntries(state, [{ from: "rooms/a", to: "rooms/b" }]);
  const ids = (snapshot: State): Set<string> =>
    new Set(Object.values(snapshot.resources).map(({ id }) => id));
  for (const cut of entries.keys()) {
    const draft = new StateDraft(state);
    for (const entry of entries.slice(0, cut)) draft.apply(entry);
    expect(ids(draft.snapshot())).toEqual(ids(state));
  }
});

test("moves a resource to the address that another one leaves", () => {
  const settings = (id: string): RecordedResource => ({ kind: "users/*/settings", id, applied: {} });
  const base = {
    ...state,
    resources: {
      "users/a/settings": settings("1"),
      "users/b/settings": settings("2"),
      "users/z/settings": settings("3"),
    },
  };
  const resources = [
    { ...declared("users/b/settings", "1"), kind: "users/*/settings" },
    { ...declared("users/c/settings", "2"), kind: "users/*/settings" },
  ];
  const renames = findRenames(resources, new Set(resources.map(({ address }) => address)), base);
  const draft = new StateDraft(base);
  for (const entry of moveEntries(base, renames)) draft.apply(entry);
  expect(draft.snapshot().resources).toEqual({
    "users/b/settings": settings("1"),
    "users/c/settings": settings("2"),
    "users/z/settings": settings("3"),
  });
});

test("moves thousands of users to another domain at once", () => {
  const users = Array.from({ length: 5_000 }, (_, at) => `users/u${at}`);
  const settings = { kind: "users/*/settings", applied: { mobile: { notifications: { when: "Always" } } } };
  const base: State = {
    ...state,
    resources: Object.fromEntries(
      users.map((name) => [`${name}@old.com/settings`, { ...settings, id: name }]),
    ),
  };
  const resources = users.map((name) => ({
    ...declared(`${name}@new.com/settings`, name),
    kind: settings.kind,
  }));
  const renames = findRenames(resources, new Set(resources.map(({ address }) => address)), base);
  expect(moveEntries(base, renames)).toHaveLength(10_000);
}, 2_000);

const declared = (address: string, id: Resource["id"]): Resource => ({
  ...{ address, kind: "rooms/*", attributes: {}, pointer: "" },
  ...(id === undefined ? {} : { id }),
});

test.each<readonly [string, readonly Resource[], readonly string[]]>([
  ["the jid tells", [declared("rooms/b", jid)], ["rooms/a -> rooms/b"]],
  ["another jid", [declared("rooms/b", "else")], []],
  ["no jid", [declared("rooms/b", undefined)], []],
  ["a jid that is not known yet", [declared("rooms/b", resourceRef("rooms/c", "jid"))], []],
  ["the old name is still in use", [declared("rooms/b", jid), declared("rooms/a", undefined)], []],
  [
    "the old name is another room's",
    [declared("rooms/b", jid), declared("rooms/a", "new")],
    ["rooms/a -> rooms/b"],
  ],
  ["the new name is taken in the state", [declared("rooms/ab", jid)], []],
  ["two names were exchanged", [declared("rooms/ab", jid), declared("rooms/a", "other")], []],
])("renamed in the files: %s", (_what, resources, wanted) => {
  const addresses = new Set(resources.map(({ address }) => address));
  const found = findRenames(resources, addresses, state).map(({ from, to }) => `${from} -> ${to}`);
  expect(found).toEqual(wanted);
});
