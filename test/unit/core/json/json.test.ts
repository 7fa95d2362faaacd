import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import { byCodeUnit, canonicalJson, isArray, isObject } from "../../../../src/core/json/json.js";

/** Returns the value with the members of every object in another order. */
function reversed(value: Json): Json {
  if (isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, inner = null]) => [name, reversed(inner)] as const);
  return Object.fromEntries(members.reverse());
}

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

test("the canonical text of a value does not depend on the order of its members, and gives the value back", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(value);
    }),
  );
});

test("members stand in the order of their names, also where JavaScript puts numbers first", () => {
  const names = ["b", "10", "9", "a", "__proto__", "é", "B", "", "𝒳", "\uffff"];
  const value = Object.fromEntries(names.map((name) => [name, 1]));
  const expected = names.sort(byCodeUnit).map((name) => `${JSON.stringify(name)}:1`);
  expect(canonicalJson(value)).toBe(`{${expected.join(",")}}`);
});

test("values that are undefined are left out of objects, and null elsewhere", () => {
  expect(canonicalJson(undefined)).toBe("null");
  expect(canonicalJson({ b: [undefined as unknown as Json, { d: undefined }], a: undefined })).toBe(
    '{"b":[null,{}]}',
  );
});
