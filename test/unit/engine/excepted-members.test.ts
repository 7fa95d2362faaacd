/** Members of a source who join one of its exceptions: they leave the room, and each reason says why. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Because } from "../../../src/core/plan/because.js";
import type { Plan } from "../../../src/core/plan/plan.js";
import type { Config } from "../../helpers/world.js";
import { loadConfig, World } from "../../helpers/world.js";

const email = (name: string): string => `${name}@example.com`;
const settings = { mobile: { notifications: { when: "Always" } } };
const except = [{ team: "Night" }];

let world: World;
let config: Config;
beforeEach(async () => {
  world = await World.start({
    seed: {
      users: ["jane.doe", "sam", "kim"].map((name) => ({ email: email(name) })),
      groups: [{ name: "All", members: [email("sam"), email("kim")] }],
      teams: [{ name: "Night", members: [] }],
    },
  });
  config = await loadConfig({
    rooms: { desk: { subject: "Desk", participants: [email("jane.doe"), { group: "All", except }] } },
    userSettings: { agents: { members: [{ group: "All" }], except, settings } },
  });
  const { plan } = await world.plan(config);
  await world.apply(plan);
});
afterEach(() => world.close());

const join = (...names: readonly string[]): void => {
  world.emulator.change({ change: "members", of: "team", name: "Night", add: names.map(email) });
};
const toTexts = (because: readonly Because[]): readonly string[] =>
  because.flatMap(({ user, path, reason, text, reference }) =>
    user === undefined && path !== undefined ? [] : `${reason}: ${text} (${reference ?? ""})`,
  );

test("a plan and a repair say that a member joined the exception", async () => {
  join("sam");
  const expected = [
    ["rooms/desk", ["joined-excepted: joined the excepted team Night (team:Night)"]],
    ["users/sam@example.com/settings", ["joined-excepted: joined the excepted team Night (team:Night)"]],
  ];
  const changes = (plan: Plan): unknown =>
    plan.changes
      .filter(({ action }) => action !== "no-op")
      .map(({ address, because }) => [address, toTexts(because)]);
  expect(changes((await world.plan(config)).plan)).toEqual(expected);

  const { plan: repair, audit } = await world.planRepair(config);
  expect(audit.drift.map(({ address, because }) => [address, toTexts(because)])).toEqual(expected);
  expect(changes(repair)).toEqual(expected);
});

test("a plan and a repair say that all members of a source are excepted", async () => {
  join("sam", "kim");
  const { diagnostics } = await world.plan(config);
  expect(diagnostics.map(({ code, detail }) => [code, detail])).toEqual([
    [
      "empty-source",
      "All members of the group All are excepted here. The settings of 2 users in userSettings/agents would be removed from the state.",
    ],
    [
      "empty-source",
      "All members of the group All are excepted here. 2 users would be removed from the participants of rooms/desk.",
    ],
  ]);

  const { audit } = await world.planRepair(config);
  expect(audit.left.map(({ text }) => text)).toEqual([
    "all members of the group All are excepted now; participants stay unchanged",
    "all members of the group All are excepted now; the settings stay in the state",
    "all members of the group All are excepted now; the settings stay in the state",
  ]);
});
