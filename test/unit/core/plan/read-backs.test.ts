import { expect, test } from "vitest";
import type { Change } from "../../../../src/core/plan/change.js";
import { splitReadBacks } from "../../../../src/core/plan/read-backs.js";

const item = (address: string, operation: string, isConfirmed: boolean) => ({
  change: { address, calls: [{ operation }] } as unknown as Change,
  isConfirmed,
});

test("reads back the first and the last confirmed change of each operation, and every change that is not confirmed", () => {
  const items = [
    item("a", "patchOne", false),
    item("b", "patchOne", true),
    item("c", "patchOne", true),
    item("d", "patchOther", true),
    item("e", "patchOne", false),
    item("f", "patchOne", true),
    item("g", "patchOther", true),
  ];
  const { readBack, confirmed } = splitReadBacks(
    items,
    ({ change }) => change,
    ({ isConfirmed }) => isConfirmed,
  );
  expect(readBack.map(({ change }) => change.address)).toEqual(["a", "b", "d", "e", "f", "g"]);
  expect(confirmed.map(({ change }) => change.address)).toEqual(["c"]);
});
