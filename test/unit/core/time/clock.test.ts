import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../../src/core/time/clock.js";

test("many sleeps share one listener of their signal: Node warns of no leak", async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): number => warnings.push(name);
  process.on("warning", onWarning);
  onTestFinished(() => {
    process.off("warning", onWarning);
  });
  const stop = new AbortController();
  const sleeps = Array.from({ length: 50 }, () => systemClock.sleep(60_000, stop.signal));
  const ended = Promise.allSettled(sleeps);
  await systemClock.sleep(1, stop.signal);
  stop.abort(new Error("enough"));
  for (const one of await ended)
    expect(one).toMatchObject({ status: "rejected", reason: stop.signal.reason as Error });
  await expect(systemClock.sleep(0, stop.signal)).rejects.toThrow("enough");
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
