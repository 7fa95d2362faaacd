import { expect, it } from "vitest";
import { LaggedValue } from "../../../../src/emulator/org/lagged-value.js";

it("shows a write at once without lag", () => {
  const cell = new LaggedValue(1, { now: () => 0, ms: 0, reads: 0 });
  cell.write(2);
  expect([cell.seen(), cell.latest()]).toEqual([2, 2]);
});

it("shows a write after some milliseconds", () => {
  let now = 0;
  const cell = new LaggedValue(1, { now: () => now, ms: 50, reads: 0 });
  cell.write(2);
  expect([cell.seen(), cell.latest()]).toEqual([1, 2]);
  now = 49;
  expect(cell.seen()).toBe(1);
  now = 50;
  expect(cell.seen()).toBe(2);
});

it("shows a write after some reads", () => {
  const cell = new LaggedValue(1, { now: () => 0, ms: 0, reads: 2 });
  cell.write(2);
  expect([cell.seen(), cell.seen(), cell.seen(), cell.seen()]).toEqual([1, 1, 2, 2]);
});

it("counts a read for each pending write", () => {
  const cell = new LaggedValue(1, { now: () => 0, ms: 0, reads: 2 });
  cell.write(2);
  expect(cell.seen()).toBe(1);
  cell.write(3);
  expect([cell.seen(), cell.seen(), cell.seen()]).toEqual([1, 2, 3]);
});

it("shows writes in their order", () => {
  let now = 0;
  const cell = new LaggedValue(1, { now: () => now, ms: 10, reads: 0 });
  cell.write(2);
  now = 5;
  cell.write(3);
  now = 10;
  expect(cell.seen()).toBe(2);
  now = 15;
  expect(cell.seen()).toBe(3);
});

it("shows a change outside the client at once, over pending writes", () => {
  const cell = new LaggedValue(1, { now: () => 0, ms: 50, reads: 0 });
  cell.write(2);
  cell.set(9);
  expect([cell.seen(), cell.latest()]).toEqual([9, 9]);
});
