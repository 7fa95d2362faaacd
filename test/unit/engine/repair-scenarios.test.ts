import { afterEach, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import { actions, loadConfig, World } from "../../helpers/world.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const email = (name: string): string => `${name}@example.com`;

/** Applies a config in an org with the group Support, of sam and kim. */
async function start(document: JsonObject): Promise<void> {
  const users = ["jane.doe", "sam", "kim", "dee"].map((name) => ({ email: email(name) }));
  const groups = [{ name: "Support", members: [email("sam"), email("kim")] }];
  world = await World.start({ seed: { users, groups } });
  await world.apply((await world.plan(await loadConfig(document))).plan);
}

function onlyRoom(): string {
  return world.emulator.dump().rooms[0]?.jid ?? "";
}

test("keeps a list that a refresh-only apply accepted", async () => {
  const document = {
    rooms: { desk: { subject: "Desk", participants: [email("jane.doe"), { group: "Support" }] } },
  };
  await start(document);
  const config = await loadConfig(document);
  world.emulator.change({ change: "leave", room: onlyRoom(), user: email("kim") });
  world.emulator.change({ change: "join", room: onlyRoom(), user: email("dee") });
  await world.apply((await world.plan(config, { mode: "refresh-only" })).plan);
  const { audit, plan } = await world.planRepair(config);
  expect([audit.drift, actions(plan)]).toEqual([[], {}]);
  expect(audit.left).toMatchObject([
    {
      address: "rooms/desk",
      reason: "pending",
      paths: ["/participants"],
      text: "participants changed in the config",
    },
  ]);
});

test("follows a person out of a room of which the group's last member departed", async () => {
  const participants = [email("jane.doe"), { group: "Support", except: [email("sam")] }];
  const document = { rooms: { desk: { subject: "Desk", participants } } };
  await start(document);
  const config = await loadConfig(document);
  world.emulator.change({ change: "user", user: email("kim"), set: { state: "deleted" } });
  world.emulator.change({ change: "join", room: onlyRoom(), user: email("dee") });
  const { audit, plan } = await world.planRepair(config);
  expect([audit.left, actions(plan)]).toEqual([[], { "rooms/desk": "update" }]);
  expect(actions((await world.plan(config)).plan)).toEqual(actions(plan));
});

test("leaves the message to a user who was created anew to an apply", async () => {
  const document = { users: { [email("sam")]: { messages: { hello: { body: "Welcome", pinned: true } } } } };
  await start(document);
  const config = await loadConfig(document);
  world.emulator.change({ change: "recreate-user", user: email("sam") });
  const { audit, plan } = await world.planRepair(config);
  expect([audit.drift, actions(plan)]).toEqual([[], {}]);
  expect(audit.left.map(({ address, text }) => `${address}: ${text}`)).toEqual([
    "users/sam@example.com/messages/hello: not applied yet",
    "users/sam@example.com/pins: not applied yet",
  ]);
});

test("gives a user who joined a source the settings that an earlier repair could not write", async () => {
  const settings = { mobile: { notifications: { when: "Always" } } };
  const document = { userSettings: { agents: { members: [{ group: "Support" }], settings } } };
  await start(document);
  const config = await loadConfig(document);
  world.emulator.change({ change: "members", of: "group", name: "Support", add: [email("dee")] });
  const fault = {
    match: { operation: "patchChatsUserSettings" },
    action: { type: "status", status: 500 },
  } as const;
  world.emulator.addFaults(fault);
  const first = await world.apply((await world.planRepair(config)).plan);
  expect([...first.results.values()].map(({ result }) => result.status)).toContain("failed");
  world.emulator.clearFaults();
  const { audit, plan } = await world.planRepair(config);
  expect(audit.drift.map((one) => [one.address, one.class])).toEqual([
    ["users/dee@example.com/settings", "membership"],
  ]);
  await world.apply(plan);
  expect(actions((await world.plan(config)).plan)).toEqual({});
});
