import { expect, test } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import { TokenPool } from "../../../../src/api/auth/token-pool.js";
import type { TokenSource } from "../../../../src/api/auth/tokens.js";
import type { RateRefusal } from "../../../../src/api/rate/pace.js";
import { WaitLimit } from "../../../../src/api/rate/wait-limit.js";
import { Waits } from "../../../../src/api/rate/waits.js";
import { SimulatedClock } from "../simulation.js";

interface Bench {
  readonly clock: SimulatedClock;
  readonly pool: TokenPool;
  /** Requested tokens, by their numbers. */
  readonly asked: number[];
  /** Takes a request, and lets the service say that so many of 100 are used. */
  readonly use: (count: number) => Promise<number>;
}

function bench(
  size: number | undefined,
  token: (number: number, clock: SimulatedClock) => Promise<string>,
): Bench {
  const clock = new SimulatedClock(1);
  const asked: number[] = [];
  let made = 0;
  const make = (): TokenSource => {
    const number = ++made;
    return {
      token: () => {
        asked.push(number);
        return token(number, clock);
      },
      reject: () => false,
    };
  };
  const pool = new TokenPool({ make, size, clock, waits: new Waits(clock) });
  const use = async (count: number): Promise<number> => {
    const lease = await pool.acquire(unlimited());
    lease.slot.budget.heard({ count, allowed: 100, resetSeconds: 60 }, lease.at);
    pool.release(lease, true);
    return lease.slot.number;
  };
  return { clock, pool, asked, use };
}

const unlimited = (): WaitLimit => new WaitLimit(Infinity);

const ready = (): Promise<string> => Promise.resolve("t");

test("creates no second token while the first has budget", async () => {
  const { use, asked } = bench(10, ready);
  for (let count = 1; count < 99; count++) expect(await use(count)).toBe(1);
  expect(asked).toEqual([]);
});

test("creates one more token when all budgets are used up, one at a time", async () => {
  const { clock, use, asked } = bench(3, async (_number, now) => {
    await now.sleep(200);
    return "t";
  });
  await use(100);
  const waiting = Promise.all([use(1), use(2), use(3)]);
  await clock.run(clock.now() + 500);
  expect(asked).toEqual([2]);
  expect(await waiting).toEqual([2, 2, 2]);
});

test("creates no more tokens than allowed", async () => {
  const { clock, use, asked } = bench(2, ready);
  await use(100);
  const second = use(100);
  await clock.run(clock.now() + 500);
  expect(await second).toBe(2);
  const began = clock.now();
  const third = use(1);
  await clock.run(clock.now() + 120_000);
  await third;
  expect(asked).toEqual([2]);
  expect(clock.now() - began).toBeGreaterThanOrEqual(60_000);
});

test("continues with its tokens when no other can be created, and does not request one again at once", async () => {
  const refusal = new ApiError({
    operation: "oauth.token",
    method: "POST",
    path: "/oauth/token",
    outcome: "not-sent",
    code: "invalid_request",
    reason: "rate limit exceeded",
  });
  const { clock, use, asked } = bench(5, () => Promise.reject(refusal));
  await use(100);
  const next = Promise.all([use(1), use(2), use(3)]);
  await clock.run(clock.now() + 120_000);
  expect(await next).toEqual([1, 1, 1]);
  expect(asked).toEqual([2]);
});

test("uses the token with the most budget left", async () => {
  const { clock, use } = bench(2, ready);
  await use(100);
  const other = use(50);
  await clock.run(clock.now() + 500);
  expect(await other).toBe(2);
  expect(await use(60)).toBe(2);
  const later = use(1);
  expect(await later).toBe(2);
});

test("makes no token after a refusal that may be for all of them, until its wait is over", async () => {
  const { clock, pool, use, asked } = bench(10, ready);
  await use(1);
  pool.refused(await pool.acquire(unlimited()), { retryMs: 30_000, limit: undefined });
  const began = clock.now();
  const next = use(1);
  await clock.run(began + 120_000);
  expect(await next).toBe(1);
  expect(clock.now() - began).toBeGreaterThanOrEqual(30_000);
  expect(asked).toEqual([]);
});

test.each<[string, number, RateRefusal["limit"]]>([
  ["tells its limit", 1, { of: "token" }],
  ["has used up its requests", 100, undefined],
])("makes another token after a refusal of one that %s", async (_what, count, limit) => {
  const { clock, pool, use } = bench(10, ready);
  const lease = await pool.acquire(unlimited());
  pool.heard(lease, { count, allowed: 100, resetSeconds: 60 });
  pool.refused(lease, { retryMs: 30_000, limit });
  pool.release(lease, true);
  const next = use(1);
  await clock.run(clock.now() + 120_000);
  expect(await next).toBe(2);
});

test("aborting one wait for budget leaves the others", async () => {
  const { clock, pool, use } = bench(1, ready);
  await use(100);
  const stop = new AbortController();
  const first = pool.acquire(unlimited(), stop.signal);
  const second = pool.acquire(unlimited());
  stop.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  await clock.run(clock.now() + 61_000);
  expect((await second).slot.number).toBe(1);
});

test("reports how long the service asks to wait when all tokens must wait", async () => {
  const { clock, pool } = bench(2, ready);
  expect(pool.pausedMs()).toBe(0);
  const lease = await pool.acquire(unlimited());
  lease.slot.budget.refused(3_600_000);
  pool.release(lease, true);
  expect(pool.pausedMs()).toBeGreaterThanOrEqual(3_600_000);
  clock.time += 4_000_000;
  expect(pool.pausedMs()).toBe(0);
});
