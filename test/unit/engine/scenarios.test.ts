import { afterEach, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import { DiagnosticsError } from "../../../src/core/diagnostic.js";
import type { EmulatorOptions } from "../../../src/emulator/index.js";
import { findStaleness } from "../../../src/engine/plan/plan-staleness.js";
import { kinds } from "../../../src/resources/index.js";
import { actions, loadResources, statuses, World } from "../../helpers/world.js";
import { writesIn } from "../../helpers/writes.js";

let world: World;

afterEach(async () => {
  await world.close();
});

async function start(options: EmulatorOptions = {}): Promise<void> {
  world = await World.start(options);
}

/** Plans and applies; the statuses of the changes. */
async function applied(document: JsonObject): Promise<Readonly<Record<string, string>>> {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  return statuses(await world.apply(plan));
}

async function left(document: JsonObject): Promise<Readonly<Record<string, string>>> {
  return actions((await world.plan(await loadResources(document))).plan);
}

const front = (): string =>
  world.emulator.dump().rooms.find(({ subject }) => subject === "Front desk")?.jid ?? "";

test("reports undeclared values and leaves them alone when PATCH resets what it omits", async () => {
  await start({ variants: { patchSettings: "reset" } });
  world.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } });
  const { plan } = await world.plan(await loadResources({ settings: { reactionsEnabled: false } }));
  const { results } = await world.apply(plan);
  expect(results.get("settings")?.result).toEqual({
    ...{ status: "done", id: "settings" },
    changedDuringRun: [{ path: "/messageRetentionPeriodDays", planned: 90, now: 3650, declared: false }],
  });
  expect(world.emulator.dump().settings).toEqual({
    messageRetentionPeriodDays: 3650,
    reactionsEnabled: false,
  });
});

test("reports declared values as not confirmed when PATCH resets them, and sends all of them in the next plan", async () => {
  await start({ variants: { patchSettings: "reset" } });
  world.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } });
  const desired = { settings: { reactionsEnabled: false, messageRetentionPeriodDays: 90 } };
  expect(await applied(desired)).toEqual({ settings: "not-taken" });
  expect(await applied(desired)).toEqual({ settings: "done" });
  expect(await left(desired)).toEqual({});
});

test("finds the room of a lost response, and creates no second room", async () => {
  const match = { operation: "postChatsRooms" } as const;
  await start({ faults: [{ match, action: { type: "drop-after" } }] });
  const desired = {
    rooms: {
      lobby: { subject: "Lobby", participants: ["jane.doe@example.com"], messages: { a: { body: "A" } } },
    },
  };
  expect(await applied(desired)).toEqual({ "rooms/lobby": "recovered", "rooms/lobby/messages/a": "skipped" });
  expect(await applied(desired)).toEqual({ "rooms/lobby/messages/a": "done" });
  expect(world.emulator.dump().rooms.filter(({ subject }) => subject === "Lobby")).toHaveLength(1);
  expect(await left(desired)).toEqual({});
});

test("finds a message whose response was lost in the history", async () => {
  const match = { operation: "postChatsRoomMessages" } as const;
  await start({ faults: [{ match, action: { type: "drop-after" } }], variants: { lagMs: 900 } });
  const desired = {
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A", reactions: ["👍"] } } } },
  };
  expect(await applied(desired)).toEqual({ "rooms/lobby": "done", "rooms/lobby/messages/a": "recovered" });
  expect(await applied(desired)).toEqual({ "rooms/lobby/messages/a": "done" });
  const room = world.emulator.dump().rooms.find(({ subject }) => subject === "Lobby");
  expect(room?.messages?.map(({ body }) => body)).toEqual(["A"]);
  expect(await left(desired)).toEqual({});
});

test("assigns two rooms of the same subject, both responses lost, to their own creates", async () => {
  const match = { operation: "postChatsRooms" } as const;
  await start({ faults: [{ match, times: 2, action: { type: "drop-after" } }] });
  const one = { subject: "Lobby", participants: ["jane.doe@example.com"] };
  const desired = { rooms: { one, two: one } };
  await applied(desired);
  await applied(desired);
  expect(await left(desired)).toEqual({});
  const rooms = world.emulator.dump().rooms.filter(({ subject }) => subject === "Lobby");
  expect(rooms).toHaveLength(2);
  expect(new Set(Object.values(world.state?.resources ?? {}).map(({ id }) => id)).size).toBe(2);
});

test("keeps a create uncertain when the history cannot be read, and continues with everything else", async () => {
  const match = { operation: "postChatsRooms" } as const;
  await start({ faults: [{ match, action: { type: "drop-after" } }], variants: { creatorJoins: false } });
  const desired = {
    settings: { messageRetentionPeriodDays: 3000 },
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A", pinned: true } } } },
  };
  expect(await applied(desired)).toMatchObject({ settings: "done", "rooms/lobby": "uncertain" });
  const again = await world.plan(await loadResources(desired));
  expect(again.diagnostics).toEqual([]);
  expect(again.plan.uncertain.map(({ address }) => address)).toEqual(["rooms/lobby"]);
  expect(actions(again.plan)).toEqual({});
});

test("applies settings and rooms with a token without a user, and refuses messages before any write", async () => {
  const connection = { variants: { needsUserError: "403 not.authorized" } } as const;
  world = await World.start({ ...connection, actingUser: undefined } as unknown as EmulatorOptions);
  const rooms = { lobby: { subject: "Lobby", participants: ["sam@example.com"] } };
  expect(await applied({ settings: { reactionsEnabled: false }, rooms })).toEqual({
    settings: "done",
    "rooms/lobby": "done",
  });
  const smaller = { rooms: { lobby: { subject: "Lobby", participants: [] } } };
  expect(await applied(smaller)).toMatchObject({ "rooms/lobby": "done" });
  const { diagnostics } = await world.plan(
    await loadResources({ rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A" } } } } }),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["token-without-user"]);
});

test("removes the ownership before the participant where owners cannot be removed", async () => {
  await start({ variants: { removeOwner: "refuse" } });
  const people = ["sam@example.com", "ana@example.com"];
  const room = { jid: front(), owners: people, participants: people };
  expect(await applied({ rooms: { desk: room } })).toEqual({ "rooms/desk": "done" });
  const fewer = { ...room, owners: ["sam@example.com"], participants: ["sam@example.com"] };
  expect(await applied({ rooms: { desk: fewer } })).toEqual({ "rooms/desk": "done" });
  expect(await left({ rooms: { desk: fewer } })).toEqual({});
});

test("empties an orphaned room although its removed participants cannot be read afterwards", async () => {
  await start({ variants: { outsiders: "refuse" } });
  const participants = ["jane.doe@example.com", "sam@example.com", "zoe@example.com"];
  await applied({ rooms: { lobby: { subject: "Lobby", participants, onRemove: "empty" } } });
  expect(await applied({})).toEqual({ "rooms/lobby": "done" });
  const room = world.emulator.dump().rooms.find(({ subject }) => subject === "Lobby");
  expect(room?.participants).toEqual([]);
  expect(world.state?.resources).toEqual({});
});

test("counts a person given by e-mail, by id and by group as one participant", async () => {
  await start();
  const sam = world.emulator.userId("sam@example.com");
  const participants = ["Sam@example.com", sam, { group: "Support" }];
  const desired = { rooms: { lobby: { subject: "Lobby", participants } } };
  const { plan } = await world.plan(await loadResources(desired));
  const [create] = plan.changes[0]?.calls ?? [];
  const ids = create?.body?.["userIds"] as readonly string[];
  expect(ids).toHaveLength(5);
  expect(new Set(ids).size).toBe(5);
  await world.apply(plan);
  expect(await left(desired)).toEqual({});
});

test("stops planning at unknown people and jids, and reports all problems of the same kind at once", async () => {
  await start();
  const unknown = { rooms: { a: { subject: "A", owners: ["nobody@example.com", "sma@example.com"] } } };
  await expect(world.plan(await loadResources(unknown))).rejects.toSatisfy(
    (error) =>
      error instanceof DiagnosticsError && error.diagnostics.every(({ code }) => code === "unknown-user"),
  );
  const jid = "adhoc-00000000-0000-4000-8000-000000000000@conference.Example-Org.orgspan.com";
  const gone = { rooms: { a: { jid, messages: { m: { body: "M" } } }, b: { subject: "B" } } };
  await expect(world.plan(await loadResources(gone))).rejects.toSatisfy(
    (error) =>
      error instanceof DiagnosticsError && error.diagnostics.map(({ code }) => code).join() === "not-found",
  );
});

test("reports a write that the service ignores as not confirmed", async () => {
  await start({ variants: { patchRoomLists: "merge" } });
  const room = { jid: front(), owners: ["sam@example.com"] };
  const other = { jid: front(), owners: ["ana@example.com"] };
  await applied({ rooms: { desk: room } });
  expect(await applied({ rooms: { desk: other } })).toEqual({ "rooms/desk": "not-taken" });
  expect(await left({ rooms: { desk: other } })).toEqual({ "rooms/desk": "update" });
});

test("skips only the calls that depend on a failed call", async () => {
  const match = { operation: "postChatsRooms" } as const;
  await start({ faults: [{ match, action: { type: "status", status: 403, code: "missing.permissions" } }] });
  const desired = {
    settings: { messageRetentionPeriodDays: 3000 },
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A", pinned: true } } } },
  };
  expect(await applied(desired)).toEqual({
    settings: "done",
    "rooms/lobby": "failed",
    "rooms/lobby/messages/a": "skipped",
    "rooms/lobby/pins": "skipped",
  });
  expect(await applied(desired)).toEqual({
    "rooms/lobby": "done",
    "rooms/lobby/messages/a": "done",
    "rooms/lobby/pins": "done",
  });
});

test("marks a saved plan as stale only when the state or the objects that it changes have changed", async () => {
  await start();
  const { plan } = await world.plan(
    await loadResources({ rooms: { desk: { jid: front(), subject: "Desk" } } }),
  );
  const { api, state, clock } = world;
  const waiting = { clock, isSaved: true, patienceMs: 30_000 };
  const input = { api, state, kinds, plan, parallelism: 2, onEvent: () => undefined, ...waiting };
  expect(await findStaleness(input)).toEqual([]);
  world.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } });
  expect(await findStaleness(input)).toEqual([]);
  world.emulator.change({ change: "room", room: front(), set: { subject: "Other" } });
  expect((await findStaleness(input)).map(({ code, address }) => [code, address])).toEqual([
    ["plan-stale", "rooms/desk"],
  ]);
  await world.apply(plan);
  expect((await findStaleness({ ...input, state: world.state })).map(({ code }) => code)).toEqual([
    "plan-stale",
  ]);
});

test("reads only what is declared, and nothing twice", async () => {
  await start();
  await applied({
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A" }, b: { body: "B", pinned: true } } } },
  });
  world.takeRequests();
  await left({
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A" }, b: { body: "B", pinned: true } } } },
  });
  const requests = world.takeRequests();
  expect(writesIn(requests)).toEqual([]);
  expect(requests.map(({ operation }) => operation).sort()).toEqual([
    "getChatsRoom",
    "getChatsRoomMessage",
    "getOrganizationsMe",
  ]);
});

test("reports the progress of reading back after each read", async () => {
  await start();
  const rooms = Object.fromEntries([1, 2, 3, 4].map((at) => [`r${at}`, { subject: `Room ${at}` }]));
  const { plan } = await world.plan(await loadResources({ rooms }));
  const told: string[] = [];
  await world.apply(plan, {
    onEvent(event) {
      if (event.type === "progress" && event.phase === "verify") told.push(`${event.done}/${event.total}`);
    },
  });
  expect(told).toEqual(["1/4", "2/4", "3/4", "4/4"]);
});

test("turns reactions on and off in one apply where messages need that", async () => {
  await start();
  const rooms = (reactions: readonly string[]): JsonObject => ({
    lobby: { subject: "Lobby", messages: { a: { body: "A", reactions }, b: { body: "B", reactions: [] } } },
  });
  await applied({ settings: { reactionsEnabled: false }, rooms: rooms([]) });
  const on = { settings: { reactionsEnabled: true }, rooms: rooms(["👍"]) };
  expect(await applied(on)).toEqual({ settings: "done", "rooms/lobby/messages/a": "done" });
  const off = { settings: { reactionsEnabled: false }, rooms: rooms([]) };
  expect(await applied(off)).toEqual({ settings: "done", "rooms/lobby/messages/a": "done" });
  expect(await left(off)).toEqual({});
});

test("turns reactions off even after a reaction is refused", async () => {
  const match = { operation: "putChatsMessageReactions" } as const;
  await start({
    faults: [{ match, times: 1, action: { type: "status", status: 400, code: "bad.request" } }],
  });
  const lobby = { subject: "Lobby", messages: { a: { body: "A", reactions: ["👍"] } } };
  expect(await applied({ settings: { reactionsEnabled: false }, rooms: { lobby } })).toEqual({
    settings: "done",
    "rooms/lobby": "done",
    "rooms/lobby/messages/a": "failed",
  });
});

test("adds a mentioned user to the room before the message, and removes the user only after the message", async () => {
  await start();
  const sam = world.emulator.userId("sam@example.com");
  const room = (participants: readonly string[], body: string): JsonObject => ({
    rooms: { lobby: { subject: "Lobby", participants, messages: { a: { body, mentions: [sam] } } } },
  });
  await applied({ rooms: { lobby: { subject: "Lobby", participants: [] } } });
  for (const [people, body] of [
    [[sam], "Welcome"],
    [[], "Goodbye"],
  ] as const) {
    world.takeRequests();
    await applied(room(people, body));
    const calls = writesIn(world.takeRequests()).map(({ operation }) => operation);
    expect(calls).toEqual(
      body === "Welcome"
        ? ["postChatsRoomParticipant", "postChatsRoomMessages"]
        : ["patchChatsRoomMessage", "deleteChatsRoomParticipant"],
    );
  }
});

test("reports a reply that is no longer declared as a reply once, and keeps the message", async () => {
  await start();
  const lobby = (b: JsonObject): JsonObject => ({
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A" }, b: { body: "B", ...b } } } },
  });
  await applied(lobby({ replyTo: "a" }));
  const told = async (): Promise<readonly string[]> => {
    const { plan, diagnostics } = await world.plan(await loadResources(lobby({})));
    expect(diagnostics).toEqual([]);
    expect(actions(plan)).toEqual({});
    await world.apply(plan);
    return plan.changes.flatMap(({ remarks }) => remarks.map(({ code }) => code));
  };
  expect(await told()).toEqual(["stays-in-thread"]);
  expect(await told()).toEqual([]);
});
