/** Differences that were there when a resource was recorded for the first time were not changed outside since the last apply. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import { loadResources, World } from "../../helpers/world.js";

let world: World;
let jid = "";
beforeEach(async () => {
  world = await World.start();
  const participants = ["jane.doe@example.com", "sam@example.com", "zoe@example.com"];
  world.emulator.change({ change: "add-room", room: { subject: "Found", participants } });
  jid = world.emulator.dump().rooms.at(-1)?.jid ?? "";
});
afterEach(async () => {
  await world.close();
});

const room = (): JsonObject => ({
  rooms: { desk: { jid, subject: "Desk", participants: ["jane.doe@example.com", "sam@example.com"] } },
});

async function causes(): Promise<Readonly<Record<string, string>>> {
  const { plan } = await world.plan(await loadResources(room()));
  expect(plan.drift).toEqual([]);
  const attributes = plan.changes.flatMap((change) => change.attributes);
  return Object.fromEntries(attributes.map(({ path, cause }) => [path, cause]));
}

test("counts the differences of an adopted resource that could not be changed as changes of the config", async () => {
  const { plan } = await world.plan(await loadResources(room()));
  const refused = { type: "status", status: 403, code: "not.authorized" } as const;
  for (const operation of ["patchChatsRoom", "deleteChatsRoomParticipant"] as const)
    world.emulator.addFaults({ match: { operation }, times: "always", action: refused });
  await world.apply(plan);
  expect(world.state?.resources["rooms/desk"]?.id).toBe(jid);
  expect(await causes()).toEqual({ "/participants": "config", "/subject": "config" });
});

test("counts somebody who joins afterwards as drift", async () => {
  const { plan } = await world.plan(await loadResources(room()));
  await world.apply(plan);
  expect(await causes()).toEqual({});
  world.emulator.change({ change: "join", room: jid, user: "zoe@example.com" });
  const again = await world.plan(await loadResources(room()));
  expect(again.plan.changes.flatMap((one) => one.attributes.map(({ cause }) => cause))).toEqual(["drift"]);
});
