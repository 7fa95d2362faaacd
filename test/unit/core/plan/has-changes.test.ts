import { afterEach, beforeEach, expect, test } from "vitest";
import { hasChanges } from "../../../../src/core/plan/has-changes.js";
import type { Plan } from "../../../../src/core/plan/plan.js";
import { loadResources, World } from "../../../helpers/world.js";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.close());

const jane = "jane.doe@example.com";
const made = async (document: object, mode: Plan["options"]["mode"] = "normal"): Promise<Plan> => {
  const { plan } = await world.plan(await loadResources({ ...document }), { mode });
  return plan;
};

test("counts a plan that only adopts, until it is applied", async () => {
  const room = { subject: "Lobby", participants: [jane], dateCreated: "2026-01-01T00:00:00Z" };
  const jid = world.emulator.change({ change: "add-room", room }) as string;
  const desired = { rooms: { lobby: { jid, subject: "Lobby", participants: [jane] } } };
  const plan = await made(desired);
  expect([plan.changes.map(({ action }) => action), plan.cost.calls]).toEqual([["adopt"], 0]);
  expect(hasChanges(plan)).toBe(true);
  await world.apply(plan);
  expect(hasChanges(await made(desired))).toBe(false);
});

test("counts drift alone only in a refresh-only plan", async () => {
  const declared = (subject: string) => ({ rooms: { lobby: { subject, participants: [jane] } } });
  await world.apply(await made(declared("Lobby")));
  const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
  world.emulator.change({ change: "room", room: jid, set: { subject: "Hall" } });
  // The config says the same as somebody did outside.
  const plan = await made(declared("Hall"));
  expect([plan.drift.length, hasChanges(plan)]).toEqual([1, false]);
  expect(hasChanges(await made(declared("Hall"), "refresh-only"))).toBe(true);
});
