import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../../src/core/json/json.js";
import type { UnlinkedChange } from "../../../../../src/core/plan/changes/build-change.js";
import type { PlannerContext } from "../../../../../src/core/plan/planner-input.js";
import {
  findRemovedRooms,
  probableRenameProblems,
} from "../../../../../src/core/plan/renames/probable-renames.js";
import type { Intent } from "../../../../../src/core/state/state.js";
import { emptyState } from "../../../../../src/core/state/state.js";

type Rooms = Readonly<Record<string, JsonObject>>;

function drafts(rooms: Rooms): readonly UnlinkedChange[] {
  const none = { attributes: [], patch: [], drafts: [], follows: [], remarks: [], because: [], record: null };
  return Object.entries(rooms).map(([name, after]) => ({
    ...{ address: `rooms/${name}`, kind: "rooms/*", action: "create", before: null, after },
    ...{ ...none, deletions: 0, existing: 0 },
  }));
}

/** Returns `old -> new` for each probable rename. */
function renames(removed: Rooms, created: Rooms, allowed: readonly string[] = []): readonly string[] {
  const removedRooms = Object.entries(removed).map(([name, attributes]) => ({
    address: `rooms/${name}`,
    attributes,
  }));
  const context = { removedRooms, state: emptyState("L"), options: { allowedSecondRooms: allowed } };
  const problems = probableRenameProblems(context as unknown as PlannerContext, drafts(created));
  const help = problems.map((one) => one.help).join();
  return [...help.matchAll(/from: rooms\/(\S+), to: rooms\/(\S+)/g)].map(
    ([, from, to]) => `${from} -> ${to}`,
  );
}

const people = { participants: ["j", "s"], owners: ["j"], description: "Night" };

describe("a room is probably renamed", () => {
  it.each<readonly [string, JsonObject, JsonObject]>([
    ["the same subject", { subject: "Lobby" }, { subject: "Lobby", description: "Other" }],
    [
      "the same subject in other case and with other blanks",
      { subject: "Night  shift " },
      { subject: "night shift" },
    ],
    ["the same people and description", { ...people, subject: "A" }, { ...people, subject: "B" }],
    ["the same people in another order", people, { ...people, subject: "B", participants: ["s", "j"] }],
  ])("with %s", (_what, before, after) => {
    expect(renames({ a: before }, { b: after })).toEqual(["a -> b"]);
  });

  it.each<readonly [string, JsonObject, JsonObject]>([
    ["another subject", { subject: "Lobby" }, { subject: "Bridge" }],
    ["no subject", { subject: "" }, { subject: "" }],
    ["other participants", { ...people, subject: "A" }, { ...people, subject: "B", participants: ["j"] }],
    ["another description", { ...people, subject: "A" }, { ...people, subject: "B", description: "Day" }],
    ["nobody in both", { participants: [], subject: "A" }, { participants: [], subject: "B" }],
  ])("but not with %s", (_what, before, after) => {
    expect(renames({ a: before }, { b: after })).toEqual([]);
  });

  it("but not where two rooms have the same people", () => {
    const room = (subject: string): JsonObject => ({ ...people, subject });
    expect(renames({ a: room("A") }, { b: room("B"), c: room("C") })).toEqual([]);
    expect(renames({ a: room("A"), b: room("B") }, { c: room("C") })).toEqual([]);
    expect(renames({ a: room("A"), b: room("B") }, { c: room("C"), d: room("B") })).toEqual([
      "a -> c",
      "b -> d",
    ]);
  });

  it("once: each removed room has one new address, by the order of the addresses", () => {
    const room = { subject: "Lobby" };
    expect(renames({ z: room, a: room }, { d: room, b: room, c: room })).toEqual(["a -> b", "z -> c"]);
  });

  it("unless --allow-second-room names it", () => {
    const room = { subject: "Lobby" };
    expect(renames({ a: room }, { b: room, c: room }, ["rooms/b"])).toEqual(["a -> c"]);
    expect(renames({ a: room }, { b: room, c: room }, ["rooms/*"])).toEqual([]);
  });
});

it("names all rooms in one problem, with one block to paste and one command", () => {
  const many = (prefix: string): Rooms =>
    Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`${prefix}${at}`, { subject: `Room ${at}` }]));
  const removedRooms = Object.entries(many("a")).map(([name, attributes]) => ({
    address: `rooms/${name}`,
    attributes,
  }));
  const context = { removedRooms, state: emptyState("L"), options: {} } as unknown as PlannerContext;
  const problems = probableRenameProblems(context, drafts(many("b")));
  expect(problems).toMatchObject([{ code: "probable-rename", severity: "error", address: "rooms/b0" }]);
  const { help = "", detail = "" } = problems[0] ?? {};
  expect(help.match(/^ {2}- \{ from: rooms\/a\d, to: rooms\/b\d \}$/gm)).toHaveLength(9);
  expect(help).toMatch(/: (?:--allow-second-room rooms\/b\d ?){9}$/);
  expect(detail).toContain("4 more rooms are like removed ones.");
});

it("finds removed rooms in the records and the uncertain creates of a state", () => {
  const room = { kind: "rooms/*", id: "J", applied: { subject: "A" } };
  const message = { kind: "rooms/*/messages/*", id: "m", container: "J", applied: { body: "A" } };
  const intent: Intent = {
    ...{
      address: "rooms/c",
      kind: "rooms/*",
      operation: "postChatsRooms",
      body: {},
      at: "2026-07-01T08:00:00.000Z",
    },
    ...{ record: { applied: {} }, effects: [{ path: "/subject", set: "C" }] },
  };
  const state = {
    ...emptyState("L"),
    resources: { "rooms/a": room, "rooms/a/messages/m": message, "rooms/b": { ...room, id: "K" } },
    uncertain: [intent],
  };
  expect(findRemovedRooms(state, new Set(["rooms/b"]))).toEqual([
    { address: "rooms/a", attributes: { subject: "A" } },
    { address: "rooms/c", attributes: { subject: "C" } },
  ]);
});
