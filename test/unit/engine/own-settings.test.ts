import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import type { EmulatorOptions } from "../../../src/emulator/index.js";
import { actions, loadResources, statuses, World } from "../../helpers/world.js";
import { writesIn } from "../../helpers/writes.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const muted = { muted: true };
const phone = { mobile: { notifications: { when: "Always" } } };
const declared = (rest: JsonObject = {}): JsonObject => ({ me: { settings: muted, ...rest } });

/** Starts an org in which `me` was applied. */
async function start(me: JsonObject = declared(), options: EmulatorOptions = {}): Promise<void> {
  world = await World.start(options);
  await world.apply((await world.plan(await loadResources(me))).plan);
  world.takeRequests();
}

function sent(): readonly string[] {
  return writesIn(world.takeRequests()).map(({ operation }) => operation ?? "");
}

function ownSettings(): JsonObject {
  const jane = world.emulator.dump().users.find(({ email }) => email === "jane.doe@example.com");
  return jane?.settings ?? {};
}

test("keeps own settings that are removed from the config", async () => {
  await start();
  const { plan } = await world.plan([]);
  await world.apply(plan);
  expect(sent()).toEqual([]);
  expect(ownSettings()).toMatchObject(muted);
});

describe.each([
  ["onRemove: reset", declared({ onRemove: "reset" }), "normal"],
  ["destroy", declared(), "destroy"],
] as const)("%s", (_what, me, mode) => {
  test("resets them by DELETE, without reading back what only the service knows", async () => {
    await start(me);
    const { plan, diagnostics } = await world.plan([], { mode });
    expect(diagnostics).toEqual([]);
    expect(plan.changes).toMatchObject([
      {
        address: "me/settings",
        action: "forget",
        attributes: [{ path: "/muted", before: true }],
        calls: [{ operation: "deleteChatsUsersMeSettings" }],
        remarks: [{ code: "own-settings-reset", severity: "warning" }],
      },
    ]);
    world.takeRequests();
    expect(statuses(await world.apply(plan))).toEqual({ "me/settings": "done" });
    expect(world.takeRequests().filter(({ operation }) => operation?.includes("MeSettings"))).toHaveLength(1);
    expect(ownSettings()).toMatchObject({ muted: false });
    expect(world.state?.resources).toEqual({});
    expect(actions((await world.plan([], { mode })).plan)).toEqual({});
  });

  test("keeps the record where the service does not know the operation", async () => {
    await start(me, { variants: { resetOwnSettings: 405 } });
    const result = await world.apply((await world.plan([], { mode })).plan);
    expect(statuses(result)).toEqual({ "me/settings": "failed" });
    expect(sent()).toEqual(["deleteChatsUsersMeSettings"]);
    expect(Object.keys(world.state?.resources ?? {})).toEqual(["me/settings"]);
  });

  test("takes a 404 for done only if an applied value no longer shows", async () => {
    const fault = (applied: boolean) =>
      ({
        match: { operation: "deleteChatsUsersMeSettings" },
        action: { type: "status", status: 404, code: "not.found", applied },
      }) as const;
    await start(me);
    world.emulator.addFaults(fault(false));
    const { plan } = await world.plan([], { mode });
    expect(statuses(await world.apply(plan))).toEqual({ "me/settings": "failed" });
    world.emulator.addFaults(fault(true));
    expect(statuses(await world.apply(plan))).toEqual({ "me/settings": "done" });
    expect(world.state?.resources).toEqual({});
  });

  test("sends nothing if no applied value shows", async () => {
    await start(me, { variants: { resetOwnSettings: 404 } });
    world.emulator.change({ change: "user-settings", user: "jane.doe@example.com", set: { muted: false } });
    expect(statuses(await world.apply((await world.plan([], { mode })).plan))).toEqual({
      "me/settings": "done",
    });
    expect(sent()).toEqual([]);
  });
});

describe("a service that returns 404 for own settings that were never set", () => {
  const variants = { defaultOwnSettings: 404 } as const;

  test.each([
    ["by POST, as the required mobile is unknown", declared(), ["postChatsUsersMeSettings"]],
    ["by PATCH", { me: { settings: { ...muted, ...phone } } }, ["patchChatsUsersMeSettings"]],
  ] as const)("gets them %s", async (_how, me, operations) => {
    world = await World.start({ variants });
    const resources = await loadResources(me);
    const { plan, diagnostics } = await world.plan(resources);
    expect(diagnostics).toEqual([]);
    expect(statuses(await world.apply(plan))).toEqual({ "me/settings": "done" });
    expect(sent()).toEqual(operations);
    expect(actions((await world.plan(resources)).plan)).toEqual({});
  });

  test("still needs a token with a user", async () => {
    world = await World.start({ variants });
    world.emulator.addFaults({
      match: { operation: "getUsersMe" },
      times: "always",
      action: { type: "status", status: 400, code: "not.a.user" },
    });
    const { diagnostics } = await world.plan(await loadResources(declared()));
    expect(diagnostics).toMatchObject([{ code: "token-without-user", address: "me/settings" }]);
  });
});
