/** Tests the wait for recently created objects that are not visible yet: counted as missing, they would be created twice. */
import { afterEach, describe, expect, test } from "vitest";
import type { Behavior } from "../../../../src/core/behavior/behavior.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { Variants } from "../../../../src/emulator/index.js";
import { loadResources, World } from "../../../helpers/world.js";

const desired: JsonObject = {
  rooms: {
    lobby: {
      subject: "Lobby",
      participants: ["sam@example.com"],
      messages: { hello: { body: "Hello", pinned: true } },
    },
  },
};

let world: World;
afterEach(() => world.close());

async function start(variants: Partial<Variants>): Promise<void> {
  world = await World.start({ variants });
}

/** Applies without looking at what became of it, as a run that is killed does. */
async function unseen(): Promise<void> {
  const { plan } = await world.plan(await loadResources(desired));
  await world.apply(plan, { verify: false });
}

async function actions(): Promise<readonly string[]> {
  const { plan } = await world.plan(await loadResources(desired));
  return plan.changes.map(({ address, action }) => `${address} ${action}`);
}

const nothing = ["rooms/lobby no-op", "rooms/lobby/messages/hello no-op", "rooms/lobby/pins no-op"];

test.each<Partial<Variants>>([{ lagMs: 1000 }, { lagMs: 25_000 }])(
  "creates nothing twice with a slow service: %o",
  async (variants) => {
    await start(variants);
    await unseen();
    expect(await actions()).toEqual(nothing);
  },
);

test.each<readonly [number, Record<string, number>]>([
  [2_000, {}],
  [0, { readLagMs: 5_000 }],
])("creates nothing twice with a patience below the lag: %i ms, known %j", async (patienceMs, known) => {
  await start({ lagMs: 3_000 });
  await unseen();
  world.patienceMs = patienceMs;
  const date = new Date(world.clock.now()).toISOString();
  const behavior = Object.entries(known).map(([key, value]) => [key, { value, date, evidence: "Seen." }]);
  world.state = { ...world.state!, behavior: Object.fromEntries(behavior) as Behavior };
  expect(await actions()).toEqual(nothing);
});

test("writes values that become visible one by one again at most, and creates nothing twice", async () => {
  await start({ lagReads: 3 });
  await unseen();
  const { plan } = await world.plan(await loadResources(desired));
  expect(plan.changes.map(({ action }) => action)).not.toContain("create");
  const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
  await world.apply(plan);
  expect(world.emulator.room(jid)?.messages).toHaveLength(1);
  expect(await actions()).toEqual(nothing);
});

test.each([1, 3])(
  "reads a partly visible object until it is complete or missing: %s times",
  async (times) => {
    await start({});
    const { plan } = await world.plan(await loadResources(desired));
    await world.apply(plan);
    for (const operation of ["getChatsRoom", "getChatsRoomParticipants"] as const) {
      const action = { type: "status", status: 404, code: "not.found" } as const;
      world.emulator.addFaults({ match: { operation }, times, action });
      expect(await actions()).toEqual(nothing);
    }
  },
);

test("counts an object as missing when it does not appear within the patience", async () => {
  await start({ lagMs: 600_000 });
  await unseen();
  const before = world.clock.now();
  const found = await actions();
  expect(found).toContain("rooms/lobby create");
  expect(world.clock.now() - before).toBeLessThanOrEqual(30_000);
});

/** The wait before a second read, in milliseconds. */
const secondLookMs = 250;

test("counts an object that was seen before as missing after a second read", async () => {
  await start({});
  const { plan } = await world.plan(await loadResources(desired));
  await world.apply(plan);
  const resources = Object.values(world.state?.resources ?? {});
  expect(resources.map(({ created }) => created)).toEqual([undefined, undefined, undefined]);
  const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
  world.emulator.change({ change: "remove-room", room: jid });
  const before = world.clock.now();
  expect(await actions()).toContain("rooms/lobby create");
  expect(world.clock.now() - before).toBe(secondLookMs);
});

test("reads an old object twice, without waiting", async () => {
  await start({});
  await unseen();
  const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
  world.emulator.change({ change: "remove-room", room: jid });
  await world.clock.sleep(31_000);
  const before = world.clock.now();
  expect(await actions()).toContain("rooms/lobby create");
  expect(world.clock.now() - before).toBe(secondLookMs);
});

describe("a single 404 is read again", () => {
  const notFound = { type: "status", status: 404, code: "not.found" } as const;

  async function applied(document: JsonObject): Promise<void> {
    await start({});
    await world.apply((await world.plan(await loadResources(document))).plan);
    world.takeRequests();
  }

  test.each<readonly [string, JsonObject, "getChatsRoom" | "getChatsRoomParticipants", string]>([
    ["texts", { subject: "Lobby" }, "getChatsRoom", "getChatsRoomParticipants"],
    ["people", { participants: ["sam@example.com"] }, "getChatsRoomParticipants", "getChatsRoom"],
  ])("with the other operation for a room that declares only %s", async (_what, room, first, other) => {
    await applied({ rooms: { lobby: { subject: "Lobby", ...room } } });
    const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
    const resources = await loadResources({ rooms: { lobby: { jid, ...room } } });
    world.emulator.addFaults({ match: { operation: first }, times: 1, action: notFound });
    const { plan, diagnostics } = await world.plan(resources);
    expect([diagnostics, plan.changes.map(({ action }) => action)]).toEqual([[], ["no-op"]]);
    const reads = world.takeRequests().map(({ operation }) => operation);
    expect(reads.filter((one) => one?.startsWith("getChats") === true)).toEqual([first, other, first, other]);
  });

  test("creates no room or message of the state again", async () => {
    await applied({ rooms: { lobby: { subject: "Lobby", messages: { hello: { body: "Hello" } } } } });
    const resources = await loadResources({
      rooms: { lobby: { subject: "Lobby", messages: { hello: { body: "Hello" } } } },
    });
    for (const operation of ["getChatsRoom", "getChatsRoomMessage"] as const) {
      world.emulator.addFaults({ match: { operation }, times: 1, action: notFound });
      const { plan } = await world.plan(resources);
      expect(plan.changes.map(({ action }) => action)).toEqual(["no-op", "no-op"]);
    }
  });

  test("counts a second read that fails as a failed read, never as absence", async () => {
    const document = { rooms: { lobby: { subject: "Lobby" } } };
    await applied(document);
    world.emulator.addFaults({ match: { operation: "getChatsRoom" }, action: notFound });
    const action = { type: "status", status: 403, code: "not.authorized" } as const;
    world.emulator.addFaults({ match: { operation: "getChatsRoomParticipants" }, action });
    await expect(world.plan(await loadResources(document))).rejects.toMatchObject({
      diagnostics: [{ code: "read-failed", address: "rooms/lobby" }],
    });
  });

  test("makes no second read for objects in a missing room", async () => {
    const document = { rooms: { lobby: { subject: "Lobby", messages: { hello: { body: "Hello" } } } } };
    await applied(document);
    const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
    world.emulator.change({ change: "remove-room", room: jid });
    const { plan } = await world.plan(await loadResources(document));
    expect(plan.changes.map(({ action }) => action)).toEqual(["create", "create"]);
    const reads = world.takeRequests().map(({ operation }) => operation);
    expect(reads.filter((one) => one === "getChatsRoomMessage")).toHaveLength(1);
    expect(reads.filter((one) => one?.startsWith("getChatsRoom") === true)).toHaveLength(3);
  });
});

test.each([3_600_000, -3_600_000, 86_400_000 * 365])(
  "waits no longer for a timestamp from a clock that is %i ms ahead",
  async (ahead) => {
    await start({ lagMs: 600_000 });
    await unseen();
    const { state } = world;
    if (state === undefined) throw new Error("no state");
    const resources = Object.entries(state.resources).map(([address, one]) => {
      if (one.created === undefined) return [address, one] as const;
      const created = new Date(Date.parse(one.created) + ahead).toISOString();
      return [address, { ...one, created }] as const;
    });
    world.state = { ...state, resources: Object.fromEntries(resources) };
    const before = world.clock.monotonic();
    expect(await actions()).toContain("rooms/lobby create");
    expect(world.clock.monotonic() - before).toBeLessThanOrEqual(30_000);
  },
);

test("waits no longer when the clock is set back", async () => {
  await start({ lagMs: 600_000 });
  await unseen();
  const sleep = world.clock.sleep.bind(world.clock);
  const now = world.clock.now.bind(world.clock);
  let offset = 0;
  let looks = 0;
  world.clock.now = () => now() + offset;
  world.clock.monotonic = now;
  world.clock.sleep = async (ms, signal) => {
    if (++looks === 2) offset = -3_600_000;
    await sleep(ms, signal);
  };
  const before = world.clock.monotonic();
  expect(await actions()).toContain("rooms/lobby create");
  const waited = world.clock.monotonic() - before;
  expect(waited).toBeGreaterThan(20_000);
  expect(waited).toBeLessThanOrEqual(30_000);
});
