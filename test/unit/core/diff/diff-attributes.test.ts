import fastJsonPatch from "fast-json-patch";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { diffAttributes, toAttributeChanges } from "../../../../src/core/diff/diff-attributes.js";

function changes(live: JsonObject, desired: JsonObject, recorded: JsonObject, meant: JsonObject) {
  return toAttributeChanges(diffAttributes(live, desired), live, desired, recorded, meant);
}

test("only desired attributes are compared", () => {
  const live = { a: 1, b: 2, c: { d: 3, e: 4 } };
  expect(diffAttributes(live, { c: { d: 5 }, a: 1, z: 0 })).toEqual({
    after: { a: 1, b: 2, c: { d: 5, e: 4 }, z: 0 },
    patch: [
      { op: "replace", path: "/c/d", value: 5 },
      { op: "add", path: "/z", value: 0 },
    ],
    paths: ["/c/d", "/z"],
  });
});

test("equal attributes give the same object and no patch", () => {
  const live = { a: 1, c: { d: 3, e: 4 }, list: ["x"] };
  const diff = diffAttributes(live, { c: { d: 3 }, list: ["x"], none: {} });
  expect(diff.after).toBe(live);
  expect(diff).toMatchObject({ patch: [], paths: [] });
});

test("where nothing is live, the desired values are shared, and empty objects are left out", () => {
  const whole = { a: { b: 1 }, list: [] };
  expect(diffAttributes({}, whole).after).toBe(whole);
  expect(diffAttributes({ x: 0 }, { a: whole.a }).after["a"]).toBe(whole.a);
  const desired = { a: { b: 1, none: {} }, none: { at: { all: {} } }, unset: undefined };
  expect(diffAttributes({}, desired)).toStrictEqual({
    after: { a: { b: 1 } },
    patch: [{ op: "add", path: "/a", value: { b: 1 } }],
    paths: ["/a/b"],
  });
});

test("a list is replaced as a whole, and an added object is named by its leaves", () => {
  const ids = Array.from({ length: 500 }, (_, at) => `id-${at}`);
  const desired = { owners: ids.slice(1), "a/b": { c: 1, d: { e: 2 } } };
  const { patch, paths, after } = diffAttributes({ owners: ids, other: true }, desired);
  expect(patch).toEqual([
    { op: "add", path: "/a~1b", value: { c: 1, d: { e: 2 } } },
    { op: "replace", path: "/owners", value: ids.slice(1) },
  ]);
  expect(paths).toEqual(["/a~1b/c", "/a~1b/d/e", "/owners"]);
  const patched = fastJsonPatch.applyPatch({ owners: ids, other: true }, [...patch] as never, true);
  expect(patched.newDocument).toEqual(after);
});

test.each([
  ["config: the config changed", { v: "old" }, { v: "new" }, { v: "old" }, "config"],
  ["config: never applied", { v: "live" }, { v: "new" }, {}, "config"],
  ["drift: the live value changed", { v: "outside" }, { v: "old" }, { v: "old" }, "drift"],
  ["conflict: both changed", { v: "outside" }, { v: "new" }, { v: "old" }, "conflict"],
])("%s", (_name, live, desired, recorded, cause) => {
  expect(changes(live, desired, recorded, desired)).toEqual([
    { path: "/v", cause, before: live.v, after: desired.v },
  ]);
});

test("a reference with the meaning that was applied is not a change of the config", () => {
  const desired = { pins: [{ $ref: "rooms/a/messages/b", field: "id" }] };
  const [change] = changes({ pins: [] }, desired, { pins: ["m1"] }, { pins: ["m1"] });
  expect(change?.cause).toBe("drift");
});
