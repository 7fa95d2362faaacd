/** Values that change while an apply runs: reported, never written. Every write is a call of the plan (World checks that too). */
import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import type { OrgChange } from "../../../src/emulator/index.js";
import type { ChangeResult } from "../../../src/engine/events.js";
import { isComplete } from "../../../src/engine/events.js";
import { loadResources, World } from "../../helpers/world.js";
import { writesIn } from "../../helpers/writes.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const [jane, sam, zoe] = ["jane.doe@example.com", "sam@example.com", "zoe@example.com"];
const desk = "adhoc-fe5f4785-f43a-4f62-b07f-eb22ba0713b1@conference.Example-Org.orgspan.com";

interface Outcome {
  readonly result: ChangeResult | undefined;
  readonly complete: boolean;
  readonly writes: readonly string[];
}

/** Plans, changes the org during the approval prompt, then applies. @param before the changes before the plan */
async function meanwhile(
  document: JsonObject,
  change: OrgChange,
  ...before: readonly OrgChange[]
): Promise<Outcome> {
  world = await World.start();
  for (const one of before) world.emulator.change(one);
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  world.takeRequests();
  world.emulator.change(change);
  const result = await world.apply(plan);
  const writes = writesIn(world.takeRequests()).map(
    ({ method, body }) => `${method} ${JSON.stringify(body)}`,
  );
  return { result: [...result.results.values()][0]?.result, complete: isComplete(result), writes };
}

describe("values that the config does not declare", () => {
  test("keep a longer retention that somebody else set", async () => {
    const retention = (days: number): OrgChange => ({
      change: "settings",
      set: { messageRetentionPeriodDays: days, reactionsEnabled: true },
    });
    const document = { settings: { reactionsEnabled: false } };
    const { result, complete, writes } = await meanwhile(document, retention(3650), retention(365));
    expect(writes).toEqual(['PATCH {"reactionsEnabled":false}']);
    expect(result).toMatchObject({
      status: "done",
      changedDuringRun: [{ path: "/messageRetentionPeriodDays", planned: 365, now: 3650, declared: false }],
    });
    expect(complete).toBe(true);
    expect(world.emulator.dump().settings.messageRetentionPeriodDays).toBe(3650);
  });

  test("keep the name that somebody else set", async () => {
    const { result, complete, writes } = await meanwhile(
      { rooms: { desk: { jid: desk, description: "Ask here" } } },
      { change: "room", room: desk, set: { subject: "Reception" } },
    );
    expect(writes).toEqual(['PATCH {"description":"Ask here"}']);
    expect(result).toMatchObject({
      status: "done",
      changedDuringRun: [{ path: "/subject", planned: "Front desk", now: "Reception", declared: false }],
    });
    expect(complete).toBe(true);
  });
});

describe("values that the config declares", () => {
  test("make the apply incomplete when they no longer hold although the run did not change them", async () => {
    const { result, complete, writes } = await meanwhile(
      { rooms: { desk: { jid: desk, subject: "Front desk", description: "Ask here" } } },
      { change: "room", room: desk, set: { subject: "Reception" } },
    );
    expect(writes).toEqual(['PATCH {"description":"Ask here"}']);
    expect(result).toMatchObject({
      status: "not-taken",
      paths: [],
      changedDuringRun: [{ path: "/subject", planned: "Front desk", now: "Reception", declared: true }],
    });
    expect(complete).toBe(false);
  });

  test("report additions of others to an exact list, and keep them", async () => {
    const { result, complete, writes } = await meanwhile(
      { rooms: { desk: { jid: desk, participants: [jane, sam, zoe, "ana@example.com"] } } },
      { change: "join", room: desk, user: "bo@example.com" },
    );
    expect(writes).toEqual(["POST undefined"]);
    expect(result).toMatchObject({
      status: "not-taken",
      paths: [],
      changedDuringRun: [{ path: "/participants", declared: true }],
    });
    expect(complete).toBe(false);
  });

  test("ignore additions of others to an additive list", async () => {
    const { result, complete } = await meanwhile(
      { rooms: { desk: { jid: desk, participantsMode: "additive", participants: ["ana@example.com"] } } },
      { change: "join", room: desk, user: "bo@example.com" },
    );
    expect(result).toMatchObject({ status: "done", changedDuringRun: [] });
    expect(complete).toBe(true);
  });
});

describe("a change that fails midway", () => {
  test("names what it changed before, and does not claim that nothing was changed", async () => {
    world = await World.start({
      faults: [
        {
          match: { operation: "postChatsRoomParticipant" },
          times: "always",
          action: { type: "status", status: 409 },
        },
      ],
    });
    const { plan } = await world.plan(
      await loadResources({ rooms: { desk: { jid: desk, participants: [jane, sam, "lee@example.com"] } } }),
    );
    const result = await world.apply(plan);
    expect([...result.results.values()][0]?.result).toMatchObject({
      status: "failed",
      accepted: [{ operation: "deleteChatsRoomParticipant" }],
    });
    expect(result.accepted).toBe(1);
  });
});

test("reports an error of reading back as such", async () => {
  world = await World.start();
  const { plan } = await world.plan(await loadResources({ settings: { reactionsEnabled: false } }));
  world.emulator.addFaults({
    match: { operation: "getChatsSettings" },
    times: "always",
    action: { type: "status", status: 403 },
  });
  const before = world.clock.now();
  const result = [...(await world.apply(plan)).results.values()][0]?.result;
  expect(result).toMatchObject({ status: "not-taken", paths: [], unread: { failure: { status: 403 } } });
  // Reading again would be refused again.
  expect(world.clock.now()).toBe(before);
});
