import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json/json.js";
import type { Variants } from "../../src/emulator/index.js";
import { actions, loadResources, statuses, World } from "../helpers/world.js";
import { writesIn } from "../helpers/writes.js";
import { document, lag, variants } from "./arbitrary.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 60) };

/** Statuses that mean that chatform sent a malformed or misplaced request. */
const refusals = [400, 405, 413, 414, 415, 500];

/** Statuses that may come up where the service can't be brought to what is wanted. */
function mayNotTake({ patchRoomLists, emptyLists, reactionsPut }: Partial<Variants>): boolean {
  return patchRoomLists === "merge" || emptyLists === "ignore" || reactionsPut === "add";
}

async function converges(desired: readonly JsonObject[], given: Partial<Variants>): Promise<void> {
  const world = await World.start({ variants: given });
  try {
    for (const document of desired) {
      const resources = await loadResources(document);
      // A PATCH that resets what it omits undoes what is declared too; the next plan shows that, and sends all of it.
      if (given.patchSettings === "reset") await world.apply((await world.plan(resources)).plan);
      world.takeRequests();
      const first = await world.plan(resources);
      expect(first.diagnostics).toEqual([]);
      expect(writesIn(world.takeRequests())).toEqual([]);
      const result = await world.apply(first.plan);
      const requests = world.takeRequests();
      expect(requests.filter(({ status }) => refusals.includes(status))).toEqual([]);
      const outcome = new Set(Object.values(statuses(result)));
      outcome.delete("done");
      if (mayNotTake(given)) outcome.delete("not-taken");
      expect([...outcome]).toEqual([]);
      const notTaken = Object.entries(statuses(result)).filter(([, status]) => status === "not-taken");
      const second = await world.plan(resources);
      for (const [address] of notTaken) expect(actions(second.plan)).toHaveProperty([address]);
      const still = Object.keys(actions(second.plan));
      expect(still.filter((address) => !notTaken.some(([one]) => one === address))).toEqual([]);
      world.takeRequests();
    }
  } finally {
    await world.close();
  }
}

test("plans nothing after an apply", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 3 }), variants, converges),
    runs,
  );
});

test("does the same with a service that shows writes late", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 2 }), variants, lag, (docs, some, slow) =>
      converges(docs, { ...some, ...slow }),
    ),
    runs,
  );
});
