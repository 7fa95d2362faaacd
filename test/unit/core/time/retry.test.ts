import { expect, test } from "vitest";
import { backoffMs, retry, withJitter } from "../../../../src/core/time/retry.js";

test("waits double up to the maximum", () => {
  const waits = [1, 2, 3, 4, 5].map((failures) => backoffMs(failures, { firstMs: 100, maxMs: 700 }));
  expect(waits).toEqual([100, 200, 400, 700, 700]);
});

test("jitter takes away up to half of a wait", () => {
  expect([0, 0.5, 1].map((chance) => withJitter(100, { random: () => chance }))).toEqual([50, 75, 100]);
});

test("attempts are made until one gives a value, with a wait between them", async () => {
  const log: string[] = [];
  const value = await retry(
    (number) => {
      log.push(`attempt ${number}`);
      return Promise.resolve(number === 3 ? { value: "done" } : { waitMs: number * 10 });
    },
    ({ waitMs }) => {
      log.push(`wait ${waitMs}`);
      return Promise.resolve();
    },
  );
  expect([value, ...log]).toEqual(["done", "attempt 1", "wait 10", "attempt 2", "wait 20", "attempt 3"]);
});

test("what an attempt or a wait throws ends the attempts", async () => {
  const fail = (): Promise<never> => Promise.reject(new Error("enough"));
  const sleep = (): Promise<void> => Promise.resolve();
  await expect(retry(fail, sleep)).rejects.toThrow("enough");
  await expect(retry(() => Promise.resolve({ waitMs: 1 }), fail)).rejects.toThrow("enough");
});
