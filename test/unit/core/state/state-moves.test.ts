import { describe, expect, test } from "vitest";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { Move } from "../../../../src/core/state/moved-addresses.js";
import {
  changedAddresses,
  findPendingMoves,
  findRenames,
  findTakenMoves,
  moveEntries,
  moveObstacle,
  renamer,
  withoutFollowers,
} from "../../../../src/core/state/state-moves.js";
import { resourceRef } from "../../../../src/core/calls/reference.js";
import type { RecordedResource, State } from "../../../../src/core/state/state.js";
import { emptyState, withEntries } from "../../../../src/core/state/state.js";

const jid = "adhoc-1@conference.acme.orgspan.com";
const room: RecordedResource = { kind: "rooms/*", id: jid, applied: { subject: "Lobby" } };
const message = (id: string, applied: RecordedResource["applied"]): RecordedResource => ({
  ...{ kind: "rooms/*/messages/*", id, container: jid, applied },
});

const state: State = {
  ...emptyState("L"),
  resources: {
    "rooms/a": room,
    "rooms/a/messages/x": message("m1", { body: "rooms/a/messages/y" }),
    "rooms/a/messages/y": message("m2", { body: "Y", replyTo: "rooms/a/messages/x" }),
    "rooms/ab": { ...room, id: "other" },
  },
};

const moves = (pairs: Readonly<Record<string, string>>): readonly Move[] =>
  Object.entries(pairs).map(([from, to]) => ({ from, to }));

function after(pairs: Readonly<Record<string, string>>, base = state): State {
  return withEntries(base, moveEntries(findPendingMoves(base, moves(pairs))));
}

test("moves the messages and pins of a room with it, and keeps replies", () => {
  expect(after({ "rooms/a": "rooms/b" }).resources).toEqual({
    "rooms/ab": { ...room, id: "other" },
    "rooms/b": room,
    "rooms/b/messages/x": message("m1", { body: "rooms/a/messages/y" }),
    "rooms/b/messages/y": message("m2", { body: "Y", replyTo: "rooms/b/messages/x" }),
  });
});

test("keeps a reply to a moved message at its address, with a reference to the new address", () => {
  expect(after({ "rooms/a/messages/x": "rooms/a/messages/z" }).resources).toMatchObject({
    "rooms/a/messages/y": { applied: { replyTo: "rooms/a/messages/z" } },
    "rooms/a/messages/z": { id: "m1" },
  });
});

test("moves an uncertain create too, with the message that it replies to", () => {
  const replyTo = "rooms/a/messages/x";
  const intent = {
    ...{ address: "rooms/a/messages/n", kind: "rooms/*/messages/*", operation: "postChatsRoomMessages" },
    ...{ container: jid, body: {}, at: "2026-07-01T08:00:00.000Z", record: { applied: { replyTo } } },
    effects: [{ path: "/replyTo", set: replyTo }],
  };
  const { uncertain } = after({ "rooms/a": "rooms/b" }, { ...state, uncertain: [intent] });
  expect(uncertain).toEqual([
    {
      ...intent,
      address: "rooms/b/messages/n",
      record: { applied: { replyTo: "rooms/b/messages/x" } },
      effects: [{ path: "/replyTo", set: "rooms/b/messages/x" }],
    },
  ]);
});

test("gives the settings of users the new name of their entry", () => {
  const from = { entry: "userSettings/night", source: "team:Night" };
  const settings = { kind: "users/*/settings", id: "u1", applied: {}, from };
  const base = { ...emptyState("L"), resources: { "users/u1/settings": settings } };
  expect(after({ "userSettings/night": "userSettings/late" }, base).resources).toEqual({
    "users/u1/settings": { ...settings, from: { ...from, entry: "userSettings/late" } },
  });
});

describe("pending moves", () => {
  const pending = (pairs: Readonly<Record<string, string>>, base = state): Readonly<Record<string, string>> =>
    Object.fromEntries(findPendingMoves(base, moves(pairs)).map(({ from, to }) => [from, to]));

  test.each([
    ["a move that is done", { "rooms/old": "rooms/a" }],
    ["an address that the state never had", { "rooms/none": "rooms/z" }],
    ["an address that only begins alike", { "rooms/a/messages/xy": "rooms/a/messages/z" }],
  ])("leave out %s", (_what, pairs) => {
    expect(pending(pairs)).toEqual({});
  });

  test("lead to the end of a chain, from wherever the state is", () => {
    const chain = { "rooms/older": "rooms/a", "rooms/a": "rooms/b", "rooms/b": "rooms/c" };
    expect(pending(chain)).toMatchObject({
      "rooms/a": "rooms/c",
      "rooms/a/messages/x": "rooms/c/messages/x",
    });
    expect(pending(chain, after({ "rooms/a": "rooms/b" }))).toMatchObject({ "rooms/b": "rooms/c" });
    expect(pending(chain, after({ "rooms/a": "rooms/c" }))).toEqual({});
  });

  test.each(["rooms/a/messages/x", "rooms/b/messages/x"])(
    "rename a message of a renamed room: %s",
    (from) => {
      const both = { "rooms/a": "rooms/b", [from]: `${from.slice(0, -1)}z` };
      expect(pending(both)).toMatchObject({
        "rooms/a/messages/x": "rooms/b/messages/z",
        "rooms/a/messages/y": "rooms/b/messages/y",
      });
    },
  );

  test("take a forgotten room along, unless the new address has a room", () => {
    const forgotten = [
      { address: "rooms/gone", jid: "J", kind: "rooms/*", forgotten: "2026-07-01T08:00:00.000Z" },
    ];
    expect(pending({ "rooms/gone": "rooms/new" }, { ...state, forgotten })).toEqual({
      "rooms/gone": "rooms/new",
    });
    expect(pending({ "rooms/gone": "rooms/a" }, { ...state, forgotten })).toEqual({});
  });

  test("without their followers are the declared ones", () => {
    const both = { "rooms/a": "rooms/b", "rooms/a/messages/x": "rooms/a/messages/z" };
    expect(withoutFollowers(findPendingMoves(state, moves(both)))).toEqual(
      moves({ "rooms/a": "rooms/b", "rooms/a/messages/x": "rooms/b/messages/z" }),
    );
  });
});

test.each([
  ["an address in the state", { "rooms/a": "rooms/ab" }, ["rooms/a"]],
  ["an address that moves away itself", { "rooms/a": "rooms/ab", "rooms/ab": "rooms/c" }, []],
  ["one address for two rooms", { "rooms/a": "rooms/c", "rooms/ab": "rooms/c" }, ["rooms/ab"]],
])("a move to %s", (_what, pairs, taken) => {
  const all = moves(pairs);
  expect(findTakenMoves(state, all).map(({ from }) => from)).toEqual(taken);
});

test.each([
  ["rooms/a", "rooms/b", undefined],
  ["rooms/a/messages/x", "rooms/a/messages/y", undefined],
  ["users/a@x.com/messages/x", "users/a@x.com/messages/y", undefined],
  ["userSettings/a", "userSettings/b", undefined],
  ["rooms/a/messages/x", "rooms/b/messages/x", "a message stays in its room or 1:1 chat"],
  ["users/a@x.com/messages/x", "users/b@x.com/messages/x", "a message stays in its room or 1:1 chat"],
  ["rooms/a", "userSettings/a", "have the form rooms/*"],
  ["rooms/a/pins", "rooms/b/pins", "cannot move: only"],
  ["users/a@x.com/settings", "users/b@x.com/settings", "cannot move: only"],
])("%s to %s: %s", (from, to, obstacle) => {
  const found = moveObstacle({ from, to });
  if (obstacle === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(obstacle);
});

test("a message may move to the new address of its room", () => {
  const rename = (address: string): string => (address === "rooms/a" ? "rooms/b" : address);
  expect(moveObstacle({ from: "rooms/a/messages/x", to: "rooms/b/messages/y" }, rename)).toBeUndefined();
  expect(moveObstacle({ from: "rooms/a/messages/x", to: "rooms/c/messages/y" }, rename)).toBeDefined();
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
  const moved = changedAddresses(base, renamer(renames));
  expect(withEntries(base, moveEntries(moved)).resources).toEqual({
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
  const moved = withEntries(base, moveEntries(changedAddresses(base, renamer(renames))));
  expect(Object.keys(moved.resources)).toEqual(resources.map(({ address }) => address).sort());
});

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

test("follows a chain of thousands of users, each with the former address of the next", () => {
  const count = 20_000;
  const address = (at: number): string => `users/u${at}@x.com/settings`;
  const users = Array.from({ length: count }, (_, at) => at);
  const kind = "users/*/settings";
  const base: State = {
    ...state,
    resources: Object.fromEntries(users.map((at) => [address(at), { kind, id: `id${at}`, applied: {} }])),
  };
  const resources = users.map((at) => ({ ...declared(address(at + 1), `id${at}`), kind }));
  const found = findRenames(resources, new Set(resources.map((one) => one.address)), base);
  expect(found).toHaveLength(count);
  expect(found[0]).toEqual({ from: `users/u${count - 1}@x.com`, to: `users/u${count}@x.com` });
});
