import { describe, expect, test } from "vitest";
import { revealed, storedInstead } from "../../../../src/views/text/invisible.js";
import { plainLine } from "../../../../src/views/text/line.js";
import { attributeLines } from "../../../../src/views/text/values.js";

const options = { people: {}, full: true };
const shown = (before: string, after: string): string =>
  attributeLines({ path: "/subject", cause: "config", before, after }, options).map(plainLine).join("\n");

describe("revealed", () => {
  test.each([
    ["a no-break space", "A\u00a0B", "A B", "A\\u{a0}B", "A B"],
    ["no width", "A\u200bB", "AB", "A\\u{200b}B", "AB"],
    ["a variation selector", "\u2764\ufe0f", "\u2764", "\u2764\\u{fe0f}", "\u2764"],
    ["a blank at the end", "A ", "A", "A\\u{20}", "A"],
    ["a tab", "A\tB", "A B", "A\\u{9}B", "A B"],
    ["a second blank", "A  B", "A B", "A \\u{20}B", "A B"],
    ["another form of the same character", "e\u0301", "\u00e9", "e\\u{301}", "\u00e9"],
    ["another line end", "A\r\nB", "A\nB", "A\\u{d}\nB", "A\nB"],
    ["the order of two accents", "a\u0323\u0307", "a\u0307\u0323", "a\\u{323}\\u{307}", "a\\u{307}\\u{323}"],
  ])("%s shows as an escape", (_what, a, b, one, other) => {
    expect(revealed(a, b)).toEqual([one, other]);
    expect(revealed(b, a)).toEqual([other, one]);
  });

  test.each([
    ["A B", "A C"],
    ["Caf\u00e9", "Cafe"],
    ["A\u00a0B", "A\u00a0B"],
    ["A\u00a0B", "C"],
  ])("what differs visibly, and what is equal, stays: %j, %j", (a, b) => {
    expect(revealed(a, b)).toEqual([a, b]);
  });
});

test("invisible differences show in a change of one line", () => {
  expect(shown("A\u00a0B", "A B")).toBe('~ subject: "A\\u{a0}B" -> "A B"');
});

test("invisible differences show in the changed line of a longer text only", () => {
  const lines = shown("One\nA\u00a0B\nThree", "One\nA B\nFour").split("\n");
  expect(lines).toContain("    - A\\u{a0}B");
  expect(lines).toContain("    + A B");
  expect(lines).toContain("    + Four");
});

test("a stored text is shown where its difference from the sent text is invisible", () => {
  expect(storedInstead("A B", "A\u00a0B")).toBe('the service stores "A\\u{a0}B" instead of "A B"');
  expect(storedInstead("A B", "A C")).toBeUndefined();
  expect(storedInstead("A B", "A B")).toBeUndefined();
  expect(storedInstead(1, 2)).toBeUndefined();
});
