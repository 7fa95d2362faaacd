/** A response that shows every value confirms a change of settings; a sample is read back. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { EmulatorOptions, LoggedRequest } from "../../../../src/emulator/index.js";
import { loadResources, statuses, World } from "../../../helpers/world.js";

let world: World;
afterEach(() => world.close());

const names = ["sam", "ana", "bo", "zoe", "kim"] as const;
const always: JsonObject = { mobile: { notifications: { when: "Always" } } };
const desired = (settings = always, people: readonly string[] = names): JsonObject => ({
  users: Object.fromEntries(people.map((name) => [`${name}@example.com`, { settings }])),
});

async function apply(document: JsonObject, changeMeanwhile = (): void => undefined) {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  world.takeRequests();
  changeMeanwhile();
  const start = world.clock.now();
  const result = statuses(await world.apply(plan));
  const requests = world.takeRequests();
  const reads = requests.filter(({ operation }) => operation === "getChatsUserSettings");
  return { result, requests, reads, cost: plan.cost, ms: world.clock.now() - start };
}

const start = async (options: EmulatorOptions = {}): Promise<void> => {
  world = await World.start(options);
};
const all = (status: string) =>
  Object.fromEntries(names.map((name) => [`users/${name}@example.com/settings`, status]));
const paths = (requests: readonly LoggedRequest[]) => new Set(requests.map(({ path }) => path));
const stored = () =>
  world.emulator
    .dump()
    .users.filter(({ email }) => names.some((name) => email === `${name}@example.com`))
    .map(({ settings }) => settings?.mobile?.notifications.when);

describe("settings of five users", () => {
  test("are confirmed by five responses and two read-backs, as the plan says", async () => {
    await start();
    const { result, reads, requests, cost } = await apply(desired());
    expect(result).toEqual(all("done"));
    expect(reads).toHaveLength(2);
    expect(cost).toMatchObject({ calls: 5, requests: 7 });
    expect(requests.filter(({ operation }) => operation !== "getUsersMe")).toHaveLength(7);
    expect(world.state?.behavior).toBeUndefined();
  });

  test.each(["empty", "none", "old"] as const)(
    "are all read back if the response is %s",
    async (settingsResponse) => {
      await start({ variants: { settingsResponse } });
      const { result, reads } = await apply(desired());
      expect(result).toEqual(all("done"));
      expect(paths(reads).size).toBe(5);
      expect(reads).toHaveLength(5);
      expect(world.state?.behavior?.["userSettingsResponse"]).toMatchObject({ value: "partial" });
      // The next plan counts the read-backs, and the next apply makes them.
      const again = await apply(desired({ mobile: { notifications: { when: "OnlyWhenInactive" } } }));
      expect([again.cost.requests, again.reads.length]).toEqual([10, 5]);
    },
  );

  test("are confirmed if the response holds what was sent, which is all that there is", async () => {
    await start({ variants: { settingsResponse: "sent" } });
    const { result, reads } = await apply(desired());
    expect([result, reads.length]).toEqual([all("done"), 2]);
  });

  test("are all reported if the service responds with values that it did not store", async () => {
    await start({ variants: { settingsResponse: "echo" } });
    const { result, reads, ms } = await apply(desired());
    expect(result).toEqual(all("not-taken"));
    expect(paths(reads).size).toBe(5);
    // The wait for the sample counts for all.
    expect(ms).toBeLessThan(31_000);
    expect(
      [...paths(reads)].filter((path) => reads.filter((read) => read.path === path).length > 1),
    ).toHaveLength(2);
    expect(stored()).not.toContain("Always");
    expect(world.state?.behavior?.["userSettingsResponse"]).toMatchObject({ value: "partial" });
  });

  test("are all read back from then on, until the responses are true", async () => {
    await start({ variants: { settingsResponse: "echo" } });
    await apply(desired());
    const { behavior } = world.state ?? {};
    await world.close();
    await start();
    world.state = { ...emptyState("lineage-1"), behavior: behavior! };
    const { result, reads } = await apply(desired());
    expect([result, reads.length]).toEqual([all("done"), 5]);
    expect(world.state.behavior?.["userSettingsResponse"]).toMatchObject({ value: "whole" });
    const again = await apply(desired({ mobile: { notifications: { when: "OnlyWhenInactive" } } }));
    expect(again.reads).toHaveLength(2);
  });

  test.each([{ lagReads: 1 }, { lagMs: 700 }])(
    "are all read back if reads lag, so that the next plan is empty: %j",
    async (variants) => {
      await start({ variants });
      const { result, reads } = await apply(desired());
      expect(result).toEqual(all("done"));
      expect(paths(reads).size).toBe(5);
      expect((await world.plan(await loadResources(desired()))).plan.cost.calls).toBe(0);
    },
  );

  test("are all read back if the sample cannot be read", async () => {
    await start();
    const { result, reads } = await apply(desired(), () => {
      const path = `/api/v2/chats/users/${world.emulator.userId("ana@example.com")}/settings`;
      world.emulator.addFaults({
        match: { operation: "getChatsUserSettings", path },
        times: "always",
        action: { type: "status", status: 403 },
      });
    });
    expect(result).toEqual({ ...all("done"), "users/ana@example.com/settings": "not-taken" });
    expect(paths(reads).size).toBe(5);
  });

  test("are not read again once slow reads have used up the patience", async () => {
    await start({ variants: { settingsResponse: "echo" } });
    const { plan } = await world.plan(await loadResources(desired(always, ["sam"])));
    const call = world.api.call.bind(world.api);
    const read = vi.spyOn(world.api, "call").mockImplementation(async (request, signal) => {
      const isRead = request.operation === "getChatsUserSettings";
      if (isRead) await world.clock.sleep(12_000, signal);
      return call(request, signal);
    });
    expect(statuses(await world.apply(plan))).toEqual({ "users/sam@example.com/settings": "not-taken" });
    // At 0 s, and 12, 24 and 36 s later: the patience is 30 s.
    const reads = read.mock.calls.filter(([request]) => request.operation === "getChatsUserSettings");
    expect(reads).toHaveLength(4);
  });

  test("are forgotten by destroy once they are restored", async () => {
    await start();
    await apply(desired());
    const { plan } = await world.plan([], { mode: "destroy" });
    world.takeRequests();
    expect(statuses(await world.apply(plan))).toEqual(all("done"));
    expect(world.takeRequests().filter(({ method }) => method === "GET")).toHaveLength(2);
    expect(world.state?.resources).toEqual({});
  });
});
