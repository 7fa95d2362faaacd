import { expect, test } from "vitest";
import { merged, normalizeSets, isSameValue } from "../../../../src/core/diff/compare.js";
import { diffAttributes } from "../../../../src/core/diff/diff-attributes.js";
import type { Json } from "../../../../src/core/json/json.js";

test("sets are sorted and have no duplicates; other lists stay as they are", () => {
  const attributes = { set: ["b", "a", "b"], list: ["b", "a", "b"] };
  expect(normalizeSets(attributes, ["/set", "/missing"])).toEqual({ set: ["a", "b"], list: ["b", "a", "b"] });
});

test("merging keeps values that are not desired otherwise", () => {
  expect(
    merged([
      { a: { b: 1, c: 2 }, l: [1] },
      { a: { b: 3 }, l: [2, 3], n: undefined },
    ]),
  ).toEqual({
    a: { b: 3, c: 2 },
    l: [2, 3],
  });
});

test("merges tens of thousands of objects without copying them for each", () => {
  const objects = Array.from({ length: 100_000 }, (_one, at) => ({
    rooms: { [`r${at}`]: { subject: "R" } },
  }));
  expect(Object.keys(merged(objects)["rooms"] as object)).toHaveLength(objects.length);
});

test.each([
  ["line\nend", "line\r\nend\r\n"],
  [" trimmed ", "trimmed"],
  ["\u00fcber", "u\u0308ber"],
])("a text that came back otherwise is still the same: %j", (sent, shown) => {
  expect(isSameValue(sent, shown)).toBe(true);
  const live = { body: shown };
  expect(diffAttributes(live, { body: sent })).toEqual({ after: live, patch: [], paths: [] });
});

test.each<[Json, Json]>([
  ["a b", "ab"],
  ["a", "A"],
  ["1", 1],
  ["", null],
  ["a\n\nb", "a\nb"],
])("%j and %j are not the same", (a, b) => {
  expect(isSameValue(a, b)).toBe(false);
});
