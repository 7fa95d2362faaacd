/** Tests that what goes wrong with one resource leaves that resource alone, and repairs the others. */
import { afterEach, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import { DiagnosticsError } from "../../../src/core/diagnostic.js";
import type { FaultAction } from "../../../src/emulator/index.js";
import { audit } from "../../../src/engine/audit.js";
import { kinds } from "../../../src/resources/index.js";
import type { Config } from "../../helpers/world.js";
import { actions, loadConfig, statuses, World } from "../../helpers/world.js";

let world: World;
let config: Config;

afterEach(async () => {
  await world.close();
});

const email = (name: string): string => `${name}@example.com`;
const when = (value: string): JsonObject => ({ mobile: { notifications: { when: value } } });
const room = (subject: string, rest: JsonObject = {}): JsonObject => ({
  subject,
  participants: [email("jane.doe"), { group: "Support" }],
  ...rest,
});

const fullRoom = "adhoc-11111111-2222-4333-8444-555555555555@conference.example-org.orgspan.com";

const document: JsonObject = {
  settings: { messageRetentionPeriodDays: 365 },
  rooms: {
    open: room("Open"),
    full: room("Full", { jid: fullRoom, participants: [email("jane.doe"), { team: "Night" }] }),
    guarded: room("Guarded", { protect: true }),
    hidden: room("Hidden", {
      messages: { rules: { body: "Rules" }, more: { body: "More", replyTo: "rules" } },
    }),
    night: room("Night", { participants: [email("jane.doe"), { team: "Night" }] }),
  },
  userSettings: {
    night: { members: [{ team: "Night" }], settings: when("Always") },
    agents: { members: [{ group: "Support" }], settings: when("OnlyWhenInactive") },
  },
};

async function start(): Promise<void> {
  const users = ["jane.doe", "sam", "kim", "dee", "lee"].map((name) => ({ email: email(name) }));
  world = await World.start({
    seed: {
      users,
      groups: [{ name: "Support", members: [email("kim"), email("lee")] }],
      teams: [{ name: "Night", members: [email("lee")] }],
      rooms: [{ jid: fullRoom, subject: "Full", participantLimit: 2 }],
    },
  });
  config = await loadConfig(document);
  await world.apply((await world.plan(config)).plan);
}

function jid(subject: string): string {
  return world.emulator.dump().rooms.find((one) => one.subject === subject)?.jid ?? "";
}

const refused: FaultAction = { type: "status", status: 403, code: "missing.any.permissions" };

function fail(path: string, action: FaultAction = refused): void {
  world.emulator.addFaults({ match: { method: "GET", path }, times: "always", action });
}

/** Repairs, after checking that an audit says the same. */
async function repaired() {
  const { audit: found, plan } = await world.planRepair(config);
  const { api, clock, state } = world;
  const { resources, shared } = config;
  const again = await audit({
    ...{ api, clock, state, kinds, resources, shared, targets: [], excludes: [], ignores: [] },
    ...{ patienceMs: 30_000, parallelism: 10, onEvent: () => undefined },
  });
  // Each failed request has its own correlation id.
  const withoutIds = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll(/correlation id [\w-]+/g, "")) as Json;
  expect(withoutIds(again)).toEqual(withoutIds(found));
  const result = await world.apply(plan);
  return {
    found,
    left: found.left.map(({ address, reason, code = "" }) => `${address} ${reason} ${code}`.trimEnd()),
    changes: actions(plan),
    statuses: [...new Set(Object.values(statuses(result)))],
  };
}

test("leaves a full and a protected room alone, and a change that destroys data", async () => {
  await start();
  world.emulator.change({ change: "members", of: "group", name: "Support", add: [email("dee")] });
  world.emulator.change({ change: "members", of: "group", name: "Support", remove: [email("lee")] });
  world.emulator.change({ change: "members", of: "team", name: "Night", add: [email("sam")] });
  world.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 900 } });
  const { found, left, changes, statuses: ended } = await repaired();
  expect(left).toEqual([
    "rooms/full prevented room-full",
    "rooms/guarded prevented protected",
    "settings prevented shorter-retention",
  ]);
  expect(found.left.map(({ text }) => text.split(".")[0])).toEqual([
    "participants left unchanged",
    "participants left unchanged",
    "messageRetentionPeriodDays left unchanged",
  ]);
  expect(found.left[1]?.help).toContain("protect: false");
  expect([changes["rooms/open"], changes["users/sam@example.com/settings"]]).toEqual(["update", "update"]);
  expect([changes["rooms/full"], changes["rooms/guarded"], changes["settings"]]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(ended).toEqual(["done"]);
  expect((await repaired()).changes).toEqual({});
});

test.each<readonly [string, FaultAction]>([
  ["403", refused],
  ["500", { type: "status", status: 500 }],
  ["no JSON", { type: "garbage" }],
])("leaves a room alone that cannot be read (%s), with its messages", async (_title, action) => {
  await start();
  world.emulator.change({ change: "members", of: "group", name: "Support", add: [email("dee")] });
  const { messages = [] } = world.emulator.dump().rooms.find(({ subject }) => subject === "Hidden") ?? {};
  for (const { id = "" } of messages)
    world.emulator.change({ change: "edit-message", message: id, body: "Changed" });
  fail(`/api/v2/chats/rooms/${encodeURIComponent(jid("Hidden"))}`, action);
  world.takeRequests();
  const { left, changes } = await repaired();
  expect(left).toEqual([
    "rooms/hidden unread read-failed",
    "rooms/hidden/messages/more unread read-failed",
    "rooms/hidden/messages/rules unread read-failed",
  ]);
  expect([changes["rooms/open"], changes["rooms/guarded"]]).toEqual(["update", "update"]);
  const hidden = encodeURIComponent(jid("Hidden"));
  const writes = world.takeRequests().filter(({ method }) => method !== "GET" && method !== "POST");
  expect(writes.filter(({ path }) => path.includes(hidden))).toEqual([]);
});

test("reads another resource again before it counts as gone", async () => {
  await start();
  fail(`/api/v2/chats/rooms/${encodeURIComponent(jid("Hidden"))}`);
  world.emulator.addFaults({
    match: { method: "GET", path: `/api/v2/chats/rooms/${encodeURIComponent(jid("Open"))}*` },
    times: 2,
    action: { type: "status", status: 404, code: "not.found" },
  });
  const { left } = await repaired();
  expect(left.filter((one) => !one.startsWith("rooms/hidden"))).toEqual([]);
});

test("leaves the lists and blocks of a source alone that cannot be read", async () => {
  await start();
  world.emulator.change({ change: "members", of: "group", name: "Support", add: [email("dee")] });
  world.emulator.change({ change: "members", of: "team", name: "Night", add: [email("sam")] });
  world.emulator.change({ change: "room", room: jid("Night"), set: { subject: "Changed" } });
  world.emulator.addFaults({ match: { operation: "getTeamMembers" }, times: "always", action: refused });
  const before = world.state?.resources["users/lee@example.com/settings"];
  const { found, left, changes } = await repaired();
  expect(left).toEqual([
    "rooms/full unknown unreadable-source",
    "rooms/night unknown unreadable-source",
    "userSettings/night unknown unreadable-source",
    "users/dee@example.com/settings pending",
  ]);
  expect(found.left[0]).toMatchObject({ reference: "team:Night", paths: ["/participants"] });
  // lee has the settings of the block whose users are unknown, and must not get those of the next one.
  expect(changes).toMatchObject({ "rooms/night": "update", "rooms/open": "update" });
  expect(changes["users/lee@example.com/settings"]).toBeUndefined();
  expect(world.state?.resources["users/lee@example.com/settings"]).toEqual(before);
});

test("fails if nothing can be read", async () => {
  await start();
  fail("/api/v2/chats/*");
  const failure: unknown = await world.planRepair(config).catch((error: unknown) => error);
  const codes = failure instanceof DiagnosticsError ? failure.diagnostics.map(({ code }) => code) : [];
  expect([...new Set(codes)]).toEqual(["read-failed"]);
});
