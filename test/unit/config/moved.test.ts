import { expect, it } from "vitest";
import { Merged } from "../../../src/config/merge.js";
import { checkMoved } from "../../../src/config/moved.js";
import type { JsonObject } from "../../../src/core/json/json.js";
import type { Move } from "../../../src/core/state/moved-addresses.js";
import { kinds } from "../../../src/resources/index.js";

const place = {
  range: {
    file: "a.yaml",
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 1, offset: 0 },
  },
  sourceLine: "",
};

function problems(rooms: readonly string[], moved: readonly Move[]): readonly (string | undefined)[] {
  const value: JsonObject = {
    rooms: Object.fromEntries(rooms.map((room) => [room, {}])),
    moved: moved.map((move) => ({ ...move })),
  };
  const merged = new Merged(kinds, [{ value, placeOf: () => place }]);
  return checkMoved(merged, []).diagnostics.map(({ detail }) => detail);
}

it("follows a chain of thousands of moves once", () => {
  const moves = Array.from({ length: 10_000 }, (_one, at) => ({
    from: `rooms/r${at}`,
    to: `rooms/r${at + 1}`,
  }));

  expect(problems(["r10000"], moves)).toEqual([]);
  expect(problems([], [...moves, { from: "rooms/r10000", to: "rooms/r0" }])).toHaveLength(10_001);
});

it("refuses to move a room into itself", () => {
  expect(problems(["b"], [{ from: "rooms/a", to: "rooms/a/messages/x" }])).toEqual([
    "rooms/a cannot move to rooms/a/messages/x: addresses of its kind have the form rooms/*.",
  ]);
});

it("names another move of the same address, or to the same address", () => {
  const move = { from: "rooms/a", to: "rooms/b" };

  expect(problems(["b", "c"], [move, move])).toEqual([]);
  expect(problems(["b", "c"], [move, { from: "rooms/a", to: "rooms/c" }])[0]).toBe(
    "rooms/a moves to rooms/b and to rooms/c.",
  );
  expect(problems(["b"], [move, { from: "rooms/c", to: "rooms/b" }])[0]).toBe(
    "rooms/a and rooms/c both move to rooms/b.",
  );
});
