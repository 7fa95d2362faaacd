import type { Operation } from "fast-json-patch";
import fastJsonPatch from "fast-json-patch";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json/json.js";
import { isObject } from "../../src/core/json/json.js";
import { planToJson } from "../../src/views/plan/plan-json.js";
import { loadResources, World } from "../helpers/world.js";
import { writesIn } from "../helpers/writes.js";
import { document } from "./arbitrary.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 40) };

/** The document in parts: one for each room and each user, and one for the rest. */
function parts({ rooms, users, ...rest }: JsonObject): readonly JsonObject[] {
  const each = (key: string, value: Json | undefined): readonly JsonObject[] =>
    isObject(value) ? Object.entries(value).map(([name, block]) => ({ [key]: { [name]: block } })) : [];
  return [rest, ...each("rooms", rooms), ...each("users", users)];
}

test(
  "gives the same plan for config files in any order, however they are split",
  { timeout: 600_000 },
  async () => {
    const cut = document.chain((whole) => {
      const all = parts(whole);
      return fc.tuple(
        fc.constant(whole),
        fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }),
      );
    });
    await fc.assert(
      fc.asyncProperty(cut, async ([whole, files]) => {
        const world = await World.start();
        try {
          const one = await world.plan(await loadResources(whole));
          const other = await world.plan(await loadResources(...files));
          expect(saved(other.plan)).toEqual(saved(one.plan));
          expect(other.plan.checksum).toBe(one.plan.checksum);
        } finally {
          await world.close();
        }
      }),
      runs,
    );
  },
);

/** Through JSON, as it is saved. */
function saved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A change in the JSON of a plan. */
interface ShownChange {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly patch?: Operation[];
}

test("makes patches that turn before into after, and change nothing else", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(document, document, async (first, second) => {
      const world = await World.start();
      try {
        await world.apply((await world.plan(await loadResources(first))).plan);
        const { plan } = await world.plan(await loadResources(second));
        for (const { before, after, patch, calls, attributes } of plan.changes) {
          if (before === null || after === null) continue;
          const patched = fastJsonPatch.applyPatch(
            structuredClone(before),
            structuredClone([...patch]) as Operation[],
          );
          expect(patched.newDocument).toEqual(after);
          expect(patch.length > 0).toBe(attributes.length > 0);
          expect(calls.length > 0).toBe(attributes.length > 0);
        }
        const { resource_changes: shown } = JSON.parse(
          JSON.stringify(planToJson(plan, { types: new Map(), applyable: true, diagnostics: [] })),
        ) as { resource_changes: { change: ShownChange }[] };
        for (const { change } of shown) {
          if (change.before === null || change.after === null) expect(change.patch).toBeUndefined();
          else
            expect(fastJsonPatch.applyPatch(change.before, change.patch ?? [], true).newDocument).toEqual(
              change.after,
            );
        }
      } finally {
        await world.close();
      }
    }),
    runs,
  );
});

test("writes no more than necessary", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(document, async (desired) => {
      const world = await World.start();
      try {
        const { plan } = await world.plan(await loadResources(desired));
        const needed = writesNeeded(desired);
        world.takeRequests();
        await world.apply(plan);
        const written = writesIn(world.takeRequests()).length;
        expect(written).toBe(plan.changes.flatMap(({ calls }) => calls).length - reads(plan));
        expect(written).toBeLessThanOrEqual(needed);
      } finally {
        await world.close();
      }
    }),
    runs,
  );
});

function reads(plan: Awaited<ReturnType<World["plan"]>>["plan"]): number {
  return plan.changes.flatMap(({ calls }) => calls).filter(({ operation }) => operation === "getChatsMessage")
    .length;
}

/** By hand: how many requests make this out of an org that has nothing of it. No list is longer than one POST takes. */
function writesNeeded(desired: JsonObject): number {
  const chats = [...members(desired["rooms"]), ...members(desired["users"])];
  const settings = [
    desired["settings"],
    desired["me"],
    ...members(desired["users"]).map((user) => user["settings"]),
  ];
  const owned = members(desired["rooms"]).filter(({ owners }) => Array.isArray(owners) && owners.length > 0);
  const messages = chats.flatMap((chat) => members(chat["messages"]));
  const reacted = messages.filter(({ reactions }) => Array.isArray(reactions) && reactions.length > 0);
  const pinned = chats.filter((chat) =>
    members(chat["messages"]).some((message) => message["pinned"] === true),
  );
  return (
    settings.filter((one) => one !== undefined).length +
    members(desired["rooms"]).length +
    owned.length +
    messages.length +
    reacted.length +
    pinned.length
  );
}

function members(value: Json | undefined): readonly JsonObject[] {
  return isObject(value) ? Object.values(value).filter(isObject) : [];
}
