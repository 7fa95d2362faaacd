import { afterEach, describe, expect, test } from "vitest";
import type { EmulatorOptions, Variants } from "../../../src/emulator/index.js";
import { actions, loadConfig, statuses, World } from "../../helpers/world.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const users = ["jane.doe", "sam", "kim", "dee"].map((name) => ({ email: `${name}@example.com` }));
const settings = { mobile: { notifications: { when: "Always" } } };

async function start(options: EmulatorOptions = {}): Promise<void> {
  world = await World.start({
    seed: { users, groups: [{ name: "Support", members: ["sam@example.com"] }] },
    ...options,
  });
}

/** Two hundred rooms, thirty of which name dee. */
function rooms(others: readonly string[]): Record<string, { subject: string; participants: string[] }> {
  return Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => {
      const people = [...others, ...(at < 30 ? ["dee"] : [])].map((name) => `${name}@example.com`);
      return [`r${at}`, { subject: `Room ${at}`, participants: people }];
    }),
  );
}

test(
  "lets revocations in 200 rooms through where 30 of them name a departed user",
  { timeout: 60_000 },
  async () => {
    await start();
    await world.apply(
      (await world.plan(await loadConfig({ rooms: rooms(["jane.doe", "sam", "kim"]) }))).plan,
      {
        verify: false,
      },
    );
    world.emulator.change({ change: "user", user: "dee@example.com", set: { state: "deleted" } });
    const { plan, diagnostics } = await world.plan(await loadConfig({ rooms: rooms(["jane.doe", "kim"]) }));
    expect(diagnostics).toEqual([]);
    const findings = plan.changes.flatMap(({ remarks }) => remarks);
    expect(findings).toHaveLength(30);
    expect(new Set(findings.map(({ code, reference }) => `${code} ${reference ?? ""}`))).toEqual(
      new Set(["departed-user user:dee@example.com"]),
    );
    expect(
      plan.changes.every(
        ({ calls }) => calls.length === 1 && calls[0]?.operation === "deleteChatsRoomParticipant",
      ),
    ).toBe(true);
    expect(plan.changes.reduce((sum, { deletions }) => sum + deletions, 0)).toBe(200);
  },
);

describe("a service that shows no states", () => {
  const document = {
    rooms: { lobby: { subject: "Lobby", participants: ["jane.doe@example.com", "dee@example.com"] } },
    users: { "dee@example.com": { settings, messages: { hello: { body: "Hello" } } } },
  };

  test.each<readonly [string, Partial<Variants>]>([
    ["finds them no more", { searchStates: "active" }],
    ["finds them no more, and lists active users only", { searchStates: "active", stateAny: "active" }],
    ["finds them as before", { searchStates: "any" }],
    ["finds them as before, and users by id are active", { searchStates: "any", stateAny: "active" }],
    ["finds them as before, also in rooms", { searchStates: "any", departedInRoster: "kept" }],
  ])("knows departed users by their settings where the search %s", async (_title, variants) => {
    await start({ variants: { userStates: "hidden", ...variants } });
    const config = await loadConfig(document);
    await world.apply((await world.plan(config)).plan);
    world.emulator.change({ change: "user", user: "dee@example.com", set: { state: "deleted" } });
    const before = world.state;
    const { plan, diagnostics } = await world.plan(config);
    expect([diagnostics, actions(plan), plan.drift]).toEqual([[], {}, []]);
    const found = plan.changes.filter(({ remarks }) => remarks.some(({ code }) => code === "departed-user"));
    expect(found.map(({ address }) => address)).toContain("users/dee@example.com/settings");
    const { audit, plan: repair } = await world.planRepair(config);
    expect([audit.drift, audit.left, actions(repair)]).toEqual([[], [], {}]);
    expect(audit.findings).toContainEqual(
      expect.objectContaining({ address: "users/dee@example.com/settings", code: "departed-user" }),
    );
    await world.apply(repair);
    expect(world.state?.resources).toEqual(before?.resources);
  });

  test("takes no user for departed whose settings cannot be read", async () => {
    await start({ variants: { userStates: "hidden", searchStates: "active" } });
    const config = await loadConfig(document);
    await world.apply((await world.plan(config)).plan);
    world.emulator.change({ change: "user", user: "dee@example.com", set: { state: "deleted" } });
    const action = { type: "status", status: 500 } as const;
    world.emulator.addFaults({ match: { operation: "getChatsUserSettings" }, times: "always", action });
    await expect(world.plan(config)).rejects.toMatchObject({ diagnostics: [{ code: "read-failed" }] });
    const { audit } = await world.planRepair(config);
    expect(audit.left).toContainEqual(
      expect.objectContaining({ address: "users/dee@example.com/settings", reason: "unread" }),
    );
    expect(audit.findings.filter(({ code }) => code === "departed-user")).toEqual([]);
  });
});

describe("settings for many users", () => {
  const document = {
    userSettings: { agents: { members: [{ group: "Support" }, "dee@example.com"], settings } },
  };

  test("follow the group, leave a departed member alone, and name their entry", async () => {
    await start();
    const config = await loadConfig(document);
    await world.apply((await world.plan(config)).plan);
    expect(world.state?.resources["users/sam@example.com/settings"]?.from).toEqual({
      entry: "userSettings/agents",
      source: "group:Support",
    });
    world.emulator.change({ change: "user", user: "dee@example.com", set: { state: "deleted" } });
    world.emulator.change({
      ...{ change: "members", of: "group", name: "Support" },
      ...{ add: ["kim@example.com"], remove: ["sam@example.com"] },
    });
    const { plan, diagnostics } = await world.plan(config);
    expect([diagnostics, actions(plan)]).toEqual([
      [],
      { "users/kim@example.com/settings": "update", "users/sam@example.com/settings": "forget" },
    ]);
    const of = (name: string): readonly string[] =>
      (plan.changes.find(({ address }) => address.includes(name))?.because ?? []).map(({ text }) => text);
    expect([of("kim")[0], of("sam")]).toEqual(["joined group Support", ["left group Support"]]);
    expect(plan.changes.find(({ address }) => address.includes("dee"))?.remarks).toMatchObject([
      { code: "departed-user", reference: "user:dee@example.com" },
    ]);
    expect(statuses(await world.apply(plan))).toEqual({
      "users/kim@example.com/settings": "done",
      "users/sam@example.com/settings": "done",
    });
    expect(Object.keys(world.state?.resources ?? {})).toEqual([
      "users/dee@example.com/settings",
      "users/kim@example.com/settings",
    ]);
  });

  test("are refused where a source that was emptied would forget everybody", async () => {
    await start();
    const config = await loadConfig(document);
    await world.apply((await world.plan(config)).plan);
    world.emulator.change({ change: "members", of: "group", name: "Support", remove: ["sam@example.com"] });
    expect((await world.plan(config)).diagnostics).toMatchObject([
      { code: "empty-source", reference: "group:Support" },
    ]);
    for (const name of ["Support", "group:Support"])
      expect((await world.plan(config, { allowedEmptySources: [name] })).diagnostics).toEqual([]);
  });

  test("are not resolved for a target that cannot match users", async () => {
    await start();
    const config = await loadConfig({ ...document, rooms: { a: { subject: "A" } } });
    world.takeRequests();
    await world.plan(config, { targets: ["rooms/a"] });
    expect(world.takeRequests().map(({ operation }) => operation)).not.toContain("getGroupsMembers");
    const { plan } = await world.plan(config, { targets: ["users/sam@example.com/settings"] });
    expect(Object.keys(actions(plan))).toEqual(["users/sam@example.com/settings"]);
  });
});

test("records the lists of a plan without calls, and writes nothing once they are recorded", async () => {
  await start();
  const config = await loadConfig({ rooms: { a: { subject: "A", participants: ["sam@example.com"] } } });
  await world.apply((await world.plan(config)).plan);
  const recorded = world.state?.resources["rooms/a"];
  const lists = { "/participants": { "user:sam@example.com": [recorded?.applied["participants"]].flat() } };
  expect(recorded?.lists).toEqual(lists);
  // A state that an older version wrote has no lists.
  const { lists: _lists, ...older } = recorded ?? { applied: {}, kind: "", id: "" };
  if (world.state !== undefined) world.state = { ...world.state, resources: { "rooms/a": older } };
  await world.apply((await world.plan(config)).plan);
  expect(world.state?.resources["rooms/a"]?.lists).toEqual(lists);
});
