import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServiceModel } from "../simulation.js";
import { simulate, SimulatedClock } from "../simulation.js";
import { Budget } from "../../../../src/api/rate/pace.js";

const alone: ServiceModel = {
  allowed: 300,
  windowMs: 60_000,
  rounding: "ceil",
  windows: "anchored",
  latencyMs: [20, 120],
  others: 0,
  tellsLimit: true,
};

/** The least time that so many calls can take: full windows, then what is left. */
function bestMinutes({ allowed, windowMs }: ServiceModel, tokens: number, calls: number): number {
  return ((Math.ceil(calls / (allowed * tokens)) - 1) * windowMs) / 60_000;
}

for (const tokens of [1, 4, 10]) {
  for (const rounding of ["ceil", "floor", "round"] as const) {
    for (const windows of ["anchored", "aligned"] as const) {
      test(`${tokens} tokens, ${rounding}, ${windows}: at least 97% of the budget, no 429`, async () => {
        const model = { ...alone, rounding, windows };
        const calls = 300 * tokens * 4 + 1;
        const result = await simulate(model, { tokens, calls, parallelism: 10, seed: 42 });
        expect(result).toMatchObject({ done: calls, throttled: 0 });
        expect(bestMinutes(model, tokens, calls) / result.minutes).toBeGreaterThanOrEqual(0.97);
      });
    }
  }
}

const anyModel: fc.Arbitrary<ServiceModel> = fc.record({
  allowed: fc.integer({ min: 20, max: 400 }),
  windowMs: fc.constantFrom(10_000, 60_000),
  rounding: fc.constantFrom("ceil", "floor", "round"),
  windows: fc.constantFrom("anchored", "aligned"),
  latencyMs: fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 51, max: 900 })),
  others: fc.constant(0),
  tellsLimit: fc.constant(true),
});

const anyOptions = fc.record({
  tokens: fc.integer({ min: 1, max: 5 }),
  calls: fc.integer({ min: 1, max: 2000 }),
  parallelism: fc.integer({ min: 1, max: 10 }),
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
  phaseMs: fc.integer({ min: 0, max: 59_999 }),
});

test("gets no 429 without other users of its tokens, and every call ends", async () => {
  await fc.assert(
    fc.asyncProperty(anyModel, anyOptions, async (model, options) => {
      expect(await simulate(model, options)).toMatchObject({ done: options.calls, throttled: 0 });
    }),
    { numRuns: 40 },
  );
});

test("backs off when others share the tokens, and every call ends", async () => {
  const shared = fc.tuple(anyModel, fc.double({ min: 0.05, max: 0.8, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(shared, anyOptions, async ([base, share], options) => {
      const model = { ...base, latencyMs: [20, 80], others: Math.floor(base.allowed * share) } as const;
      const result = await simulate(model, options);
      expect(result.done).toBe(options.calls);
      // In a window, no more than what was in flight when it closed, for each token.
      const windows = (result.minutes * 60_000) / model.windowMs + 1;
      expect(result.throttled).toBeLessThanOrEqual(windows * options.parallelism * options.tokens);
    }),
    { numRuns: 40 },
  );
});

test("sends requests at full speed to a service without a limit, and obeys its refusals", async () => {
  const model: ServiceModel = { ...alone, tellsLimit: false };
  const result = await simulate(model, { tokens: 1, calls: 1000, parallelism: 10, seed: 7 });
  expect(result.done).toBe(1000);
  expect(result.throttled).toBeLessThanOrEqual(3 * 10);
  expect(result.minutes).toBeLessThan(3.2);
});

test("starts with few requests until it knows the limit", () => {
  const budget = new Budget(new SimulatedClock(1));
  let sent = 0;
  while (budget.available() > 0) sent = (budget.spend(), sent + 1);
  expect(sent).toBe(10);
  budget.done(false);
  expect(budget.available()).toBe(1);
  budget.done(true);
  expect(budget.available()).toBe(Infinity);
});

test("assigns a late response to the window of its request", () => {
  const clock = new SimulatedClock(1);
  const budget = new Budget(clock);
  const late = budget.spend();
  const quick = budget.spend();
  clock.time += 100;
  budget.heard({ count: 200, allowed: 300, resetSeconds: 60 }, quick);
  budget.done(true);
  clock.time += 30_000;
  budget.heard({ count: 3, allowed: 300, resetSeconds: 60 }, late);
  budget.done(true);
  expect(budget.available()).toBe(99);
});

test("starts again when the service's count restarts", () => {
  const clock = new SimulatedClock(1);
  const budget = new Budget(clock);
  const first = budget.spend();
  budget.heard({ count: 250, allowed: 300, resetSeconds: 60 }, first);
  budget.done(true);
  clock.time += 10;
  const second = budget.spend();
  budget.heard({ count: 1, allowed: 300, resetSeconds: 60 }, second);
  budget.done(true);
  expect(budget.available()).toBe(298);
});

test("waits the full time that a 429 requests, even beyond the window", () => {
  const clock = new SimulatedClock(1);
  const budget = new Budget(clock);
  const sent = budget.spend();
  budget.heard({ count: 301, allowed: 300, resetSeconds: 5 }, sent);
  budget.refused(42_000);
  budget.done(true);
  const at = budget.availableAt() - clock.now();
  expect(at).toBeGreaterThanOrEqual(42_000);
  expect(at).toBeLessThanOrEqual(42_250);
  clock.time += at - 1;
  expect(budget.available()).toBe(0);
  clock.time += 1;
  expect(budget.available()).toBe(299);
});

describe("all tokens of a client together", () => {
  const model = { ...alone, clientWide: 3000 };

  test("send no more than the published limit from a pool of 50, and use it", async () => {
    const result = await simulate(model, { tokens: 50, calls: 9001, parallelism: 50, seed: 3 });
    expect(result).toMatchObject({ done: 9001, throttled: 0 });
    expect(result.tokens).toBe(10);
    expect(3 / result.minutes).toBeGreaterThanOrEqual(0.95);
  });

  test("keep to the limit with windows by the clock, in any phase", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const aligned = { ...model, windows: "aligned", latencyMs: [20, 900] } as const;
      const phaseMs = seed * 11_000;
      const result = await simulate(aligned, { tokens: 50, calls: 7000, phaseMs, parallelism: 30, seed });
      expect(result).toMatchObject({ done: 7000, throttled: 0 });
    }
  });

  const phases = [10, 30, 38, 39, 40, 41, 50];
  test.each(phases)(
    "follow short windows, also one that ends with a minute, from second %i",
    async (second) => {
      const short: ServiceModel = { ...model, windowMs: 20_000, latencyMs: [1, 9] };
      const options = { calls: 2001, phaseMs: second * 1000, parallelism: 20, seed: 3 };
      const result = await simulate(short, options);
      expect(result).toMatchObject({ done: 2001, throttled: 0 });
      // Two windows, each a second longer.
      expect(40 / 60 / result.minutes).toBeGreaterThanOrEqual(0.93);
    },
  );

  test.each([true, false])(
    "learn a lower limit from one refusal (which tells it: %s)",
    async (tellsClientWide) => {
      const low = { ...model, clientWide: 1000, tellsClientWide };
      const result = await simulate(low, { tokens: 50, calls: 6000, parallelism: 10, seed: 9 });
      expect(result.done).toBe(6000);
      // What was in flight when the limit was reached.
      expect(result.throttled).toBeGreaterThan(0);
      expect(result.throttled).toBeLessThanOrEqual(10);
      expect(result.tokens).toBeLessThanOrEqual(5);
    },
  );

  const low = { ...model, clientWide: 1000 };

  test("never meet a limit of 1,000 from a pool of no given size, and use it", async () => {
    const result = await simulate(low, { calls: 3001, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 3001, throttled: 0, tokens: 4 });
    expect(3 / result.minutes).toBeGreaterThanOrEqual(0.95);
  });

  test("count the requests of the run before", async () => {
    const at = new Date(new SimulatedClock(5).now()).toISOString();
    const before = [
      { requests: 500, at },
      { requests: 113, at },
    ];
    for (const tokens of [undefined, 3] as const) {
      const model = { ...low, before: 613 };
      const result = await simulate(model, { tokens, before, calls: 1200, parallelism: 10, seed: 5 });
      expect(result).toMatchObject({ done: 1200, throttled: 0 });
    }
  });

  test("make no token after refusals that tell no limit", async () => {
    const silent = { ...low, allowed: 2000, tellsLimit: false, tellsClientWide: false };
    const result = await simulate(silent, { tokens: 10, calls: 2500, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 2500, tokens: 1 });
    expect(result.throttled).toBeLessThanOrEqual(2 * 10);
  });

  test("learn their own limit from one refusal, where no header tells it", async () => {
    const bare = { ...low, tellsLimit: false, tellsToken: true };
    const result = await simulate(bare, { calls: 3001, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 3001, tokens: 4 });
    expect(result.throttled).toBeLessThanOrEqual(10);
    expect(3 / result.minutes).toBeGreaterThanOrEqual(0.9);
  });

  test("begin with the limit that an earlier run learnt: no 429, and the same speed", async () => {
    const options = { tokens: 50, calls: 3001, parallelism: 10, seed: 5 };
    const first = await simulate(low, options);
    expect(first).toMatchObject({ clientLimit: 1000 });
    expect(first.throttled).toBeGreaterThan(0);
    const later = await simulate(low, { ...options, expected: 1000 });
    expect(later).toMatchObject({ done: 3001, throttled: 0, clientLimit: undefined });
    expect(3 / later.minutes).toBeGreaterThanOrEqual(0.95);
  });

  test("learn the new limit where it is lower than that of an earlier run", async () => {
    const result = await simulate(low, { tokens: 50, expected: 1500, calls: 4000, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 4000, clientLimit: 1000 });
  });

  test("forget the limit of an earlier run once one token passes it", async () => {
    const busy = { ...model, allowed: 2000, others: 1500 };
    const result = await simulate(busy, { tokens: 1, expected: 300, calls: 900, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 900, clientLimit: null });
    const low = await simulate(alone, { tokens: 1, expected: 300, calls: 900, parallelism: 10, seed: 5 });
    expect(low.clientLimit).toBeUndefined();
  });

  test("learn that the headers count the requests of all tokens", async () => {
    const shared = { ...low, allowed: 5000, countsAll: true };
    const result = await simulate(shared, { tokens: 50, calls: 3000, parallelism: 10, seed: 5 });
    expect(result).toMatchObject({ done: 3000, tokens: 2 });
    expect(result.throttled).toBeLessThanOrEqual(10);
  });
});

describe("the promised time is within 25% of the real one", () => {
  const cases = (["anchored", "aligned"] as const).flatMap((windows) =>
    [1, undefined, 10].flatMap((tokens) => [1, 20, 50].map((second) => ({ windows, tokens, second }))),
  );
  test.each(cases)("windows $windows, $tokens tokens, at second $second of a minute", async (one) => {
    const { windows, tokens, second } = one;
    const options = { tokens, calls: 2650, phaseMs: second * 1000, parallelism: 10, seed: 4 };
    const { promised = 0, minutes } = await simulate({ ...alone, windows }, options);
    expect(Math.abs(promised / minutes - 1), `${promised} of ${minutes}`).toBeLessThanOrEqual(0.25);
  });
});
