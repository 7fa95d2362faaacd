import { expect, test } from "vitest";
import { toDictionary } from "../../../../src/core/json/json-object.js";

test("a dictionary keeps every name as a member, also names that objects inherit", () => {
  const dictionary = toDictionary([
    ["user:jane@example.com", 1],
    ["__proto__", 2],
    ["toString", 3],
    ["user:jane@example.com", 4],
  ]);
  expect(JSON.stringify(dictionary)).toBe('{"user:jane@example.com":4,"__proto__":2,"toString":3}');
  expect(toDictionary([])["constructor"]).toBeUndefined();
});
