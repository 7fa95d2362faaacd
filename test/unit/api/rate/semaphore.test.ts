import { expect, test } from "vitest";
import { Semaphore } from "../../../../src/api/rate/semaphore.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("lets another caller in while one is outside, and later one less", async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  const enter = (name: string): void => {
    void Promise.resolve(semaphore.enter(undefined)).then(() => order.push(name));
  };
  let end = (): void => undefined;
  const work = new Promise<void>((resolve) => (end = resolve));
  await semaphore.enter(undefined);
  const outside = semaphore.outside(() => work).then(() => order.push("back"));
  for (const name of ["second", "third"]) enter(name);
  await turn();
  expect(order).toEqual(["second"]);
  end();
  await outside;
  semaphore.leave();
  await turn();
  expect(order).toEqual(["second", "back"]);
  semaphore.leave();
  await turn();
  expect(order).toEqual(["second", "back", "third"]);
});

test("keeps no place for a caller whose work outside fails", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.enter(undefined);
  await expect(semaphore.outside(() => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  await semaphore.enter(undefined);
});
