import { expect, test } from "vitest";
import { isDeeperThan } from "../../../../src/core/json/json-depth.js";

test.each([
  ["[]", 1, false],
  ["[[]]", 1, true],
  ['{"a":[{}]}', 3, false],
  ['{"a":[{}]}', 2, true],
  ["[],[],[]", 1, false],
  ['["[[[[", "\\"[[[", "\\\\", "x"]', 1, false],
  ['["\\\\", [[]]]', 2, true],
  ['"never ends [[[[', 1, false],
  ["", 0, false],
])("%s has more than %i levels: %s", (text, most, expected) => {
  expect(isDeeperThan(text, most)).toBe(expected);
});
