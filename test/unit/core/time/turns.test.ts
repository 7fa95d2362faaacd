import { expect, test } from "vitest";
import type { Steps } from "../../../../src/core/time/turns.js";
import { inTurns, mapInSteps } from "../../../../src/core/time/turns.js";

/** Returns steps that take 10 ms each by a clock of their own. */
function slowSteps(): { readonly steps: Steps<number[]>; readonly now: () => number } {
  let ms = 0;
  const steps = mapInSteps([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], (item) => {
    ms += 10;
    return item * 2;
  });
  return { steps, now: () => ms };
}

test("steps give timers and signals a turn every 50 ms", async () => {
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
  expect(results).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
  expect(turns).toEqual([0, 0, 50, 100]);
});

test("steps end at the next turn after an abort", async () => {
  const { steps, now } = slowSteps();
  const { signal, abort } = toAbort();
  setImmediate(() => setImmediate(abort));
  await expect(inTurns(steps, signal, now)).rejects.toThrow("interrupted");
  expect(now()).toBe(50);
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
