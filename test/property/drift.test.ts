import fc from "fast-check";
import type { Operation } from "fast-json-patch";
import fastJsonPatch from "fast-json-patch";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json/json.js";
import { valueAt, withValueAt } from "../../src/core/json/pointer.js";
import type { Drift } from "../../src/core/plan/change.js";
import { driftToJson } from "../../src/views/plan/plan-json.js";
import type { Variants } from "../../src/emulator/index.js";
import { SeedError } from "../../src/emulator/index.js";
import { actions, loadResources, statuses, World } from "../helpers/world.js";
import { writesIn } from "../helpers/writes.js";
import type { Edit } from "./arbitrary.js";
import { document, edit, lag, variants } from "./arbitrary.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 60) };

/** Variants with which the service can be brought to whatever is wanted. */
const able = variants.map((some): Partial<Variants> => ({
  ...some,
  patchRoomLists: "replace",
  emptyLists: "clear",
  reactionsPut: "replace",
}));

/** Tests that an apply restores declared values that were changed outside chatform. */
async function repairs(desired: JsonObject, edits: readonly Edit[], given: Partial<Variants>): Promise<void> {
  const world = await World.start({ variants: given });
  try {
    const resources = await loadResources(desired);
    await world.apply((await world.plan(resources)).plan);
    for (const make of edits) edited(world, make);
    const drifted = await world.plan(resources);
    expect(drifted.diagnostics).toEqual([]);
    const moved = new Set(drifted.plan.drift.map(({ address }) => address));
    for (const change of drifted.plan.changes.filter(({ attributes }) => attributes.length > 0)) {
      expect(change.attributes.map(({ cause }) => cause)).toEqual(change.attributes.map(() => "drift"));
      // A restored value is reported as drift, unless it depends on a missing object.
      if (change.action === "update") expect([...moved]).toContain(change.address);
    }
    for (const drift of drifted.plan.drift) expectPatchToLive(drift);
    world.takeRequests();
    const result = await world.apply(drifted.plan);
    expect(writesIn(world.takeRequests()).filter(({ status }) => status === 400)).toEqual([]);
    expect([...new Set(Object.values(statuses(result)))].filter((status) => status !== "done")).toEqual([]);
    const after = await world.plan(resources);
    expect(actions(after.plan)).toEqual({});
    expect(after.plan.drift).toEqual([]);
  } finally {
    await world.close();
  }
}

/** Applied to the recorded values, the patch in the JSON gives the live value of each attribute that drifted, and changes no other. */
function expectPatchToLive(drift: Drift): void {
  const { change } = JSON.parse(JSON.stringify(driftToJson(drift, "chat"))) as {
    change: { before: JsonObject; after: JsonObject | null; patch?: Operation[] };
  };
  if (change.after === null) {
    expect(change.patch).toBeUndefined();
    return;
  }
  const patched = fastJsonPatch.applyPatch(change.before, change.patch ?? [], true, false).newDocument;
  const live = (path: string): Json | undefined => valueAt(change.after ?? {}, path);
  const expected = drift.paths.reduce((all, path) => withValueAt(all, path, live(path)), change.before);
  expect(patched).toEqual(expected);
  expect(change.patch ?? []).not.toEqual([]);
}

/** Skips an edit of an object that an earlier edit removed. */
function edited(world: World, make: Edit): void {
  const change = make(world);
  try {
    if (change !== undefined) world.emulator.change(change);
  } catch (error) {
    if (!(error instanceof SeedError)) throw error;
  }
}

test(
  "detects changes outside chatform as drift, and repairs them with an apply",
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.array(edit, { minLength: 1, maxLength: 4 }), able, repairs),
      runs,
    );
  },
);

test("does the same with a service that shows writes late", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      able,
      lag,
      (desired, edits, some, slow) => repairs(desired, edits, { ...some, ...slow }),
    ),
    runs,
  );
});
