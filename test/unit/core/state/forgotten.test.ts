import fc from "fast-check";
import { expect, test } from "vitest";
import { idKey } from "../../../../src/core/jid.js";
import { findPendingMoves, moveEntries } from "../../../../src/core/state/state-moves.js";
import type { JournalEntry, RecordedResource, State } from "../../../../src/core/state/state.js";
import { emptyState, StateDraft } from "../../../../src/core/state/state.js";
import { parseState, printState } from "../../../../src/state/codec.js";
import { entries } from "../../state/arbitrary.js";

const at = "2026-07-01T08:00:00.000Z";
const later = "2026-07-02T08:00:00.000Z";

function room(id: string, subject?: string): RecordedResource {
  return { kind: "rooms/*", id, applied: subject === undefined ? {} : { subject } };
}

function record(address: string, resource: RecordedResource | null, when?: string): JournalEntry {
  return { type: "record", address, resource, ...(when === undefined ? {} : { at: when }) };
}

function after(list: readonly JournalEntry[], base: State = emptyState("L")): State {
  const draft = new StateDraft(base);
  for (const entry of list) draft.apply(entry);
  return draft.snapshot();
}

const known = after([record("rooms/a", room("J1", "Lobby")), record("rooms/b", room("J2"))]);

test("keeps a forgotten room with its subject and the time", () => {
  const { resources, forgotten } = after([record("rooms/a", null, at), record("rooms/b", null, at)], known);
  expect(resources).toEqual({});
  expect(forgotten).toEqual([
    { address: "rooms/a", jid: "J1", kind: "rooms/*", subject: "Lobby", forgotten: at },
    { address: "rooms/b", jid: "J2", kind: "rooms/*", forgotten: at },
  ]);
});

test("keeps a room whose address gets another room", () => {
  const created = { ...room("J3"), created: later };
  expect(after([record("rooms/a", created)], known).forgotten).toMatchObject([
    { jid: "J1", forgotten: later },
  ]);
  expect(after([record("rooms/a", room("J3"), at)], known).forgotten).toMatchObject([{ jid: "J1" }]);
});

test.each<readonly [string, JournalEntry]>([
  ["under its address", record("rooms/a", room("J1"))],
  ["under another address", record("rooms/c", room("J1"))],
])("a room that is recorded again %s is no longer forgotten", (_where, entry) => {
  expect(after([record("rooms/a", null, at), entry], known).forgotten).toBeUndefined();
});

test("a room that is recorded again in other letter case is no longer forgotten", () => {
  const jid = "adhoc-x@conference.Example-Org.orgspan.com";
  const entries = [record("rooms/d", room(jid)), record("rooms/d", null, at)];
  expect(after(entries, known).forgotten).toMatchObject([{ jid }]);
  const again = record("rooms/d", room(jid.toLowerCase()));
  expect(after([...entries, again], known).forgotten).toBeUndefined();
});

test("a room that has two addresses is forgotten with the last of them", () => {
  const both = after([record("rooms/c", room("J1"))], known);
  expect(after([record("rooms/a", null, at)], both).forgotten).toBeUndefined();
  const list = [record("rooms/a", null, at), record("rooms/c", null, later)];
  expect(after(list, both).forgotten).toMatchObject([{ address: "rooms/c", forgotten: later }]);
});

test("messages, pins and settings are forgotten without a trace", () => {
  const others = ["rooms/*/messages/*", "rooms/*/pins", "settings"].map((kind) => ({ ...room("X"), kind }));
  const list = others.flatMap((one) => [record("other", one), record("other", null, at)]);
  expect(after(list).forgotten).toBeUndefined();
});

const renaming = (base: State, from: string, to: string): readonly JournalEntry[] =>
  moveEntries(findPendingMoves(base, [{ from, to }]));

test("forgotten rooms move with their address, and are purged with it", () => {
  const gone = after([record("rooms/a", null, at), record("rooms/b", null, at)], known);
  const moved = after(renaming(gone, "rooms/a", "rooms/z"), gone);
  expect(moved.forgotten?.map(({ address }) => address)).toEqual(["rooms/b", "rooms/z"]);
  expect(after([{ type: "forgotten-purged", address: "rooms/z" }], moved).forgotten).toMatchObject([
    { jid: "J2" },
  ]);
});

test("a move of recorded rooms forgets nothing", () => {
  const moved = after(renaming(known, "rooms/a", "rooms/z"), known);
  expect([Object.keys(moved.resources), moved.forgotten]).toEqual([["rooms/b", "rooms/z"], undefined]);
});

test("a jid is recorded or forgotten, never both, and round-trips", () => {
  fc.assert(
    fc.property(entries, entries, (first, second) => {
      const whole = after([...first, ...second]);
      // Where the journal is written whole in between does not matter.
      expect(after(second, after(first))).toEqual(whole);
      expect(parseState(printState(whole), "", "")).toEqual(whole);
      const recorded = new Set(Object.values(whole.resources).map(({ id }) => idKey(id)));
      const forgotten = (whole.forgotten ?? []).map(({ jid }) => idKey(jid));
      expect(forgotten).toHaveLength(new Set(forgotten).size);
      expect(forgotten.filter((jid) => recorded.has(jid))).toEqual([]);
    }),
  );
});

test("loses no jid: a recorded room that is dropped with a time is forgotten", () => {
  const ids = fc.constantFrom("J1", "J2", "J3");
  const step = fc.tuple(fc.constantFrom("rooms/a", "rooms/b"), fc.option(ids));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const state = after(steps.map(([address, id]) => record(address, id === null ? null : room(id), at)));
      const everKnown = new Set(steps.flatMap(([, id]) => (id === null ? [] : [id])));
      const still = [
        ...Object.values(state.resources).map(({ id }) => id),
        ...(state.forgotten ?? []).map(({ jid }) => jid),
      ];
      expect(new Set(still)).toEqual(everKnown);
    }),
  );
});

test("tens of thousands of forgotten rooms are purged at once", () => {
  const addresses = Array.from({ length: 40_000 }, (_one, index) => `rooms/r${index}`);
  const forgotten = addresses.map((address) => ({
    ...{ address, jid: `J of ${address}` },
    ...{ kind: "rooms/*", forgotten: at },
  }));
  const purges = addresses.slice(1).map((address) => ({ type: "forgotten-purged", address }) as const);
  expect(after(purges, { ...known, forgotten }).forgotten).toMatchObject([{ address: "rooms/r0" }]);
});
