import fc from "fast-check";
import { expect, test } from "vitest";
import { firstIndex } from "../../../src/core/first-index.js";

test("finds the first item that matches, as a search of all items does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      (items, least) => {
        const sorted = items.sort((a, b) => a - b);
        const found = sorted.findIndex((item) => item >= least);
        expect(firstIndex(sorted, (item) => item >= least)).toBe(found < 0 ? sorted.length : found);
      },
    ),
  );
});
