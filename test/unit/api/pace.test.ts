import fc from "fast-check";
import { expect, test } from "vitest";
import type { ServiceModel } from "./simulation.js";
import { simulate, SimulatedClock } from "./simulation.js";
import { Budget } from "../../../src/api/pace.js";

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
        const calls = 300 * tokens * 10 + 1;
        const result = await simulate(model, { tokens, calls, parallelism: 10, seed: 42 });
        expect(result).toMatchObject({ done: calls, throttled: 0 });
        expect(bestMinutes(model, tokens, calls) / result.minutes).toBeGreaterThanOrEqual(0.97);
      });
    }
  }
}
