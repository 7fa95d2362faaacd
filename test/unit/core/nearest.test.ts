import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../../src/core/nearest.js";

test("the closest of those that are close enough, the first of several", () => {
  expect(nearest("subjct", ["subject", "object"])).toBe("subject");
  expect(nearest("Sam@Example.com", ["kim@example.com", "sam@example.com"])).toBe("sam@example.com");
  expect(nearest("abcd", ["abcx", "abcy"])).toBe("abcx");
  expect(nearest("subject", ["participants", "jid"])).toBeUndefined();
});

test("of addresses and e-mails each part is close", () => {
  expect(nearest("ana@example.com", ["bob@example.com"])).toBeUndefined();
  expect(nearest("jane.doe@exmaple.com", ["jane.roe@example.com", "jane.doe@example.com"])).toBe(
    "jane.doe@example.com",
  );
  expect(nearest("jane@example.com", ["jane@other.com"])).toBeUndefined();
  expect(nearest("rooms/ops", ["rooms/wfm"])).toBeUndefined();
  expect(nearest("room/lobyb", ["rooms/lobby"])).toBe("rooms/lobby");
  expect(nearest("Sales/EMEA", ["Sales EMEA"])).toBe("Sales EMEA");
});

test("of a single letter no other is close", () => {
  expect(nearest("a", ["b", "ab", ""])).toBeUndefined();
  expect(nearest("rooms/a", ["rooms/b"])).toBeUndefined();
  expect(nearest("A", ["a"])).toBe("a");
});

test("two neighbours that changed places are one slip", () => {
  expect(nearest("pni", ["pin"])).toBe("pin");
  expect(nearest("pins", [])).toBeUndefined();
});

/** What one slip makes of a word: a letter left out, put in, replaced, or changed places with its neighbour. */
function slips(word: string, letters: readonly string[]): readonly string[] {
  return Array.from(
    { length: word.length + 1 },
    (_none, at) => [word.slice(0, at), word.slice(at)] as const,
  ).flatMap(([head, tail]) => [
    head + tail.slice(1),
    ...letters.flatMap((letter) => [head + letter + tail, head + letter + tail.slice(1)]),
    ...(tail.length > 1 ? [head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2)] : []),
  ]);
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 3, maxLength: 5 });

test("words are close when one slip leads from one to the other, and only then", () => {
  fc.assert(
    fc.property(word, word, (written, other) => {
      fc.pre(written !== other);
      // A third of three to five letters is one.
      expect(nearest(written, [other]) === other).toBe(slips(written, ["a", "b", "c"]).includes(other));
    }),
    { numRuns: 300 },
  );
});
