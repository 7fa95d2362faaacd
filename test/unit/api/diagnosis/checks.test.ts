import { describe, expect, test } from "vitest";
import { checkClock } from "../../../../src/api/diagnosis/clock-check.js";
import { checkLimits } from "../../../../src/api/diagnosis/limit-check.js";

describe("checkClock", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  /** The service's time, whose Date header may be a second old, after a latency of 2 seconds. */
  const service = (offMs: number) => ({ from: now + offMs, to: now + offMs + 3000 });

  test.each([
    [0, "ok"],
    [29_999, "ok"],
    [-32_999, "ok"],
    [30_000, "warning"],
    [-33_000, "warning"],
    [299_999, "warning"],
    [300_000, "failure"],
    [-303_000, "failure"],
  ])("with a difference of %i ms: %s", (offMs, status) => {
    expect(checkClock(service(offMs), now).status).toBe(status);
  });

  test("tells the direction", () => {
    expect(checkClock(service(600_000), now).text).toContain("10 min behind");
    expect(checkClock(service(-603_000), now).text).toContain("10 min ahead of");
  });
});

describe("checkLimits", () => {
  test.each<[number | undefined, number | undefined, string, string]>([
    [300, undefined, "ok", "1,000 for all tokens of a run, unless GENESYSCLOUD_TOKEN_POOL_SIZE allows more."],
    [180, undefined, "ok", "600 for all tokens of a run"],
    [300, 1, "ok", "300 requests a minute for each token; 1 token at most (GENESYSCLOUD_TOKEN_POOL_SIZE)."],
    [300, 10, "ok", "10 tokens at most"],
    [300, 11, "warning", "more than 10 tokens gain nothing, and the pool may have 11."],
    [180, 17, "ok", "17 tokens at most"],
    [180, 18, "warning", "more than 17 tokens gain nothing"],
    [6000, 2, "warning", "more than 1 token gains nothing"],
    [undefined, 50, "ok", "The service tells no rate limit"],
  ])("%s a minute and %i tokens: %s", (perMinute, poolSize, status, text) => {
    const check = checkLimits(perMinute, poolSize);
    expect([check.status, check.text]).toEqual([status, expect.stringContaining(text) as string]);
  });
});
