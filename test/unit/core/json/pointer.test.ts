import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { leaves, pointer, tokens, valueAt, withValueAt } from "../../../../src/core/json/pointer.js";

test("tokens come back from a pointer, whatever they hold", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (names) => {
      expect(tokens(pointer(...names))).toEqual(names);
    }),
  );
});

test("a value is found where it was put, and only it has changed", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.integer(), (names, value) => {
      const before: JsonObject = { other: 1 };
      const path = pointer("put", ...names);
      const after = withValueAt(before, path, value);
      expect(valueAt(after, path)).toBe(value);
      expect(after["other"]).toBe(1);
      expect(before).toEqual({ other: 1 });
      expect(valueAt(withValueAt(after, path, undefined), path)).toBeUndefined();
    }),
  );
});

test("inherited members are no values, and can't be set on a prototype", () => {
  expect(valueAt({}, "/constructor")).toBeUndefined();
  expect(valueAt({}, "/__proto__/polluted")).toBeUndefined();
  withValueAt({}, "/__proto__/polluted", true);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("lists are read by position", () => {
  expect(valueAt({ a: [1, { b: 2 }] }, "/a/1/b")).toBe(2);
  expect(valueAt({ a: [1] }, "/a/7")).toBeUndefined();
  expect(valueAt("text", "/a")).toBeUndefined();
  expect(valueAt({ a: 1 }, "")).toEqual({ a: 1 });
});

test("leaves are scalars, references and whole lists", () => {
  const ref = { $ref: "rooms/a", field: "jid" };
  const value = { a: 1, b: { c: null, "d/e": [1, { f: 2 }] }, g: ref, h: undefined, i: {} };
  expect(leaves(value)).toEqual([
    ["/a", 1],
    ["/b/c", null],
    ["/b/d~1e", [1, { f: 2 }]],
    ["/g", ref],
  ]);
});
