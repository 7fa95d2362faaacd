import { expect, test } from "vitest";
import {
  attributeChanges,
  differences,
  merged,
  normalizeSets,
  isSameValue,
} from "../../../../src/core/plan/compare.js";
import type { Json } from "../../../../src/core/json/json.js";

test("sets are sorted and have no duplicates; other lists stay as they are", () => {
  const attributes = { set: ["b", "a", "b"], list: ["b", "a", "b"] };
  expect(normalizeSets(attributes, ["/set", "/missing"])).toEqual({ set: ["a", "b"], list: ["b", "a", "b"] });
});

test("only what is wanted is compared", () => {
  expect(differences({ a: 1, b: 2, c: { d: 3, e: 4 } }, { c: { d: 5 }, a: 1, z: 0 })).toEqual(["/c/d", "/z"]);
});

test("merging keeps what is not wanted otherwise", () => {
  expect(merged({ a: { b: 1, c: 2 }, l: [1] }, { a: { b: 3 }, l: [2, 3], n: undefined })).toEqual({
    a: { b: 3, c: 2 },
    l: [2, 3],
  });
});

test.each([
  ["config: the files moved", { v: "old" }, { v: "new" }, { v: "old" }, "config"],
  ["config: never applied", { v: "live" }, { v: "new" }, {}, "config"],
  ["drift: live moved", { v: "outside" }, { v: "old" }, { v: "old" }, "drift"],
  ["conflict: both moved", { v: "outside" }, { v: "new" }, { v: "old" }, "conflict"],
])("%s", (_name, live, wanted, kept, cause) => {
  expect(attributeChanges(live, wanted, kept, wanted)).toEqual([
    { path: "/v", cause, before: live.v, after: wanted.v },
  ]);
});

test("a reference that means what was applied is not the files' doing", () => {
  const wanted = { pins: [{ $ref: "rooms/a/messages/b", field: "id" }] };
  const [change] = attributeChanges({ pins: [] }, wanted, { pins: ["m1"] }, { pins: ["m1"] });
  expect(change?.cause).toBe("drift");
});

test.each([
  ["line\nend", "line\r\nend\r\n"],
  [" trimmed ", "trimmed"],
  ["\u00fcber", "u\u0308ber"],
])("a text that came back otherwise is still the same: %j", (sent, shown) => {
  expect(isSameValue(sent, shown)).toBe(true);
  expect(differences({ body: shown }, { body: sent })).toEqual([]);
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
