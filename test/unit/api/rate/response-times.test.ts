import { expect, test } from "vitest";
import { ResponseTimes } from "../../../../src/api/rate/response-times.js";

test("tells requests a second by the median of the latest responses, once there are a few", () => {
  const times = new ResponseTimes();
  for (const ms of [100, 30_000, 100, 90]) times.add(ms);
  expect(times.perSecond(10)).toBeUndefined();
  times.add(120);
  expect(times.perSecond(10)).toBe(100);
  for (let at = 0; at < 200; at++) times.add(20);
  expect(times.perSecond(10)).toBe(500);
});

test("takes responses without a time as those of a millisecond", () => {
  const times = new ResponseTimes();
  for (let at = 0; at < 5; at++) times.add(0);
  expect(times.perSecond(10)).toBe(10_000);
});
