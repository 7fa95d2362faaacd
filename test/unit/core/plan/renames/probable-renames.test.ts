import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../../src/core/json/json.js";
import type { UnlinkedChange } from "../../../../../src/core/plan/changes/build-change.js";
import type { PlannerContext } from "../../../../../src/core/plan/planner-input.js";
import {
  findRemovedRooms,
  probableRenameProblems,
} from "../../../../../src/core/plan/renames/probable-renames.js";
import type { Diagnostic } from "../../../../../src/core/diagnostic.js";
import type { Resource } from "../../../../../src/core/kind/resource.js";
import type { ForgottenRoom } from "../../../../../src/core/state/forgotten.js";
import type { Intent } from "../../../../../src/core/state/state.js";
import { unlinkedChange } from "./unlinked-change.js";
import { emptyState } from "../../../../../src/core/state/state.js";

type Rooms = Readonly<Record<string, JsonObject>>;

function drafts(rooms: Rooms): readonly UnlinkedChange[] {
  return Object.entries(rooms).map(([name, after]) => unlinkedChange(`rooms/${name}`, after));
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

it("takes a forgotten room for renamed by its subject, after the rooms that are still recorded", () => {
  const room = { ...people, subject: "Lobby" };
  const forgotten = {
    ...{ address: "rooms/a", jid: "A", kind: "rooms/*", subject: "Lobby" },
    forgotten: "2026-01-01T08:00:00.000Z",
  };
  const problemsOf = (removed: Rooms, created: Rooms): readonly Diagnostic[] => {
    const removedRooms = [
      { address: "rooms/a", attributes: { subject: "Lobby" }, forgotten },
      ...Object.entries(removed).map(([name, attributes]) => ({ address: `rooms/${name}`, attributes })),
    ];
    const context = { removedRooms, state: emptyState("L"), options: {} };
    return probableRenameProblems(context as unknown as PlannerContext, drafts(created));
  };
  const [problem] = problemsOf({}, { c: room });
  expect(problem?.detail).toContain(
    "rooms/c has the subject of rooms/a, which the state has forgotten since 2026-01-01, and which may still exist: A.",
  );
  expect(problem?.help).toContain("{ from: rooms/a, to: rooms/c }");
  expect(problemsOf({ b: room }, { c: room })[0]?.help).toContain("{ from: rooms/b, to: rooms/c }");
  expect(problemsOf({ b: room }, { c: room })[0]?.help).not.toContain("rooms/a");
  expect(problemsOf({}, { c: { ...room, subject: "Hall" } })).toEqual([]);
});

it("finds removed rooms in the records, the uncertain creates and the forgotten rooms of a state", () => {
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
  const forget = (name: string, jid: string, month: number): ForgottenRoom => ({
    ...{ address: `rooms/${name}`, jid, kind: "rooms/*", subject: name.toUpperCase() },
    forgotten: `2026-0${month}-01T08:00:00.000Z`,
  });
  const latest = forget("d", "D2", 2);
  const state = {
    ...emptyState("L"),
    forgotten: [forget("a", "A", 1), forget("b", "B", 1), forget("d", "D1", 1), latest, forget("e", "E", 1)],
    resources: { "rooms/a": room, "rooms/a/messages/m": message, "rooms/b": { ...room, id: "K" } },
    uncertain: [intent],
  };
  const declare = (name: string, id?: string): Resource => ({
    ...{ address: `rooms/${name}`, kind: "rooms/*", attributes: {}, pointer: "" },
    ...(id === undefined ? {} : { id }),
  });
  expect(findRemovedRooms(state, [declare("b"), declare("new", "E")])).toEqual([
    { address: "rooms/a", attributes: { subject: "A" } },
    { address: "rooms/c", attributes: { subject: "C" } },
    { address: "rooms/d", attributes: { subject: "D" }, forgotten: latest },
  ]);
});
