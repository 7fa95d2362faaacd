import { expect, it } from "vitest";
import { GroupCommit } from "../../../src/state/group-commit.js";

it("collects appends that arrive during a commit, in order", async () => {
  const batches: (readonly number[])[] = [];
  let finish: () => void = () => undefined;
  const group = new GroupCommit<number>(async (items) => {
    batches.push(items);
    if (batches.length === 1) await new Promise<void>((resolve) => (finish = resolve));
  });
  const first = group.append(1);
  await new Promise((resolve) => setImmediate(resolve));
  const others = [group.append(2), group.append(3)];
  expect(batches).toEqual([[1]]);
  finish();
  await Promise.all([first, ...others]);
  expect(batches).toEqual([[1], [2, 3]]);
});

it("fails the appends of a failed commit, and no others", async () => {
  let fails = true;
  const group = new GroupCommit<number>(async () => {
    if (fails) throw new Error("full");
    return Promise.resolve();
  });
  const outcomes = await Promise.allSettled([group.append(1), group.append(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fails = false;
  await group.append(3);
  await group.idle();
});
