import fc from "fast-check";
import { expect, test } from "vitest";
import { countRequests, joinReads } from "../../../../src/core/kind/join-reads.js";
import type { Read } from "../../../../src/core/kind/read.js";

const read = fc.record({
  operation: fc.constantFrom("getA", "getB"),
  params: fc.record({ ids: fc.constantFrom("1", "2", "3", "4", "5"), room: fc.constantFrom("r", "s") }),
  isJoined: fc.boolean(),
});

test("as many requests are counted as reads are joined into", () => {
  fc.assert(
    fc.property(fc.array(read, { maxLength: 40 }), (all) => {
      const reads = all.map(({ isJoined, operation, params }): Read =>
        isJoined
          ? { operation: `${operation}s`, params, batch: { param: "ids", max: 2 } }
          : { operation, params },
      );
      expect(countRequests(reads)).toBe(joinReads(reads).length);
    }),
  );
});

test("reads are told apart whatever characters their values have", () => {
  const all: readonly Read[] = [
    { operation: "getA", params: { a: "1", b: "2" } },
    { operation: "getA", params: { a: "1&b=1:2" } },
    { operation: "getA", params: { a: "1?&b=1:2" } },
    { operation: "getA", params: { a: "1" }, query: { b: "2" } },
    { operation: "getA", params: { a: "1" }, query: {} },
  ];
  expect(joinReads(all)).toHaveLength(all.length);
  expect(countRequests([...all, { operation: "getA", params: { a: "1" } }])).toBe(all.length);
});
