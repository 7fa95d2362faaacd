import { expect, test } from "vitest";
import type { Steps } from "../../../../src/core/time/turns.js";
import { inTurns, mapInSteps } from "../../../../src/core/time/turns.js";

const numbers = Array.from({ length: 180 }, (_, at) => at);

/** Returns steps for items that take a quarter of a millisecond each by a clock of their own. A step maps 16 of them. */
function slowSteps(): { readonly steps: Steps<number[]>; readonly now: () => number } {
  let ms = 0;
  const steps = mapInSteps(numbers, (item) => {
    ms += 0.25;
    return item * 2;
  });
  return { steps, now: () => ms };
}

test("steps give timers and signals a turn every 10 ms", async () => {
  const { steps, now } = slowSteps();
  const turns: number[] = [];
  let isDone = false;
  const others = (): void => {
    if (isDone) return;
    turns.push(now());
    setImmediate(others);
  };
  others();
  const results = await inTurns(steps, undefined, now);
  isDone = true;
  expect(results).toEqual(numbers.map((item) => item * 2));
  expect(turns).toEqual([0, 0, 12, 24, 36]);
});

test("steps end at the next turn after an abort", async () => {
  const { steps, now } = slowSteps();
  const { signal, abort } = toAbort();
  setImmediate(() => setImmediate(abort));
  await expect(inTurns(steps, signal, now)).rejects.toThrow("interrupted");
  expect(now()).toBe(12);
});

function toAbort(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort(new Error("interrupted"));
    },
  };
}
