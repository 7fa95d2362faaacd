/** A room that chatform knew is adopted again where its address is declared again: no second room is created. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../src/core/plan/change.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { ForgottenRoom } from "../../../../src/core/state/forgotten.js";
import type { PlannerOutput } from "../../../../src/core/plan/planner.js";
import type { PlanOptions } from "../../../../src/core/plan/plan.js";
import { emptyState, withEntries } from "../../../../src/core/state/state.js";
import { findAdoptableRooms } from "../../../../src/engine/plan/forgotten-rooms.js";
import { loadResources, World } from "../../../helpers/world.js";
import { writesIn } from "../../../helpers/writes.js";

const lobby: JsonObject = { subject: "Lobby", participants: ["jane.doe@example.com", "sam@example.com"] };
const declared: JsonObject = { rooms: { lobby } };

let world: World;
let jid: string;

beforeEach(async () => {
  world = await World.start();
  await applied(declared);
  jid = world.state?.resources["rooms/lobby"]?.id ?? "";
  await applied({});
  world.takeRequests();
});
afterEach(() => world.close());

async function made(document: JsonObject, options: Partial<PlanOptions> = {}): Promise<PlannerOutput> {
  return world.plan(await loadResources(document), options);
}

async function applied(document: JsonObject): Promise<void> {
  const { plan, diagnostics } = await made(document);
  expect(diagnostics).toEqual([]);
  await world.apply(plan);
}

async function change(document: JsonObject): Promise<Change | undefined> {
  return (await made(document)).plan.changes.find(({ address }) => address === "rooms/lobby");
}

function rooms(): number {
  return world.emulator.dump().rooms.filter(({ subject }) => subject === "Lobby").length;
}

function forget(...rooms: readonly Partial<ForgottenRoom>[]): void {
  const { state } = world;
  if (state === undefined) throw new Error("no state");
  const room = { address: "rooms/lobby", kind: "rooms/*", forgotten: "2026-07-01T08:00:00.000Z", jid };
  world.state = { ...state, forgotten: rooms.map((one) => ({ ...room, ...one })) };
}

const other = "adhoc-00000000-0000-4000-8000-00000000dead@conference.example-org.orgspan.com";

test("keeps the jid of a room that was removed from the config", () => {
  expect(world.state?.resources).toEqual({});
  expect(world.state?.forgotten).toMatchObject([{ address: "rooms/lobby", jid, subject: "Lobby" }]);
});

test("adopts a room that is declared again, with one set of reads and without a create", async () => {
  const { plan } = await made(declared);
  expect(plan.changes).toMatchObject([
    {
      address: "rooms/lobby",
      action: "adopt",
      id: jid,
      calls: [],
      remarks: [{ code: "forgotten-room-adopted" }],
    },
  ]);
  const [remark] = plan.changes[0]?.remarks ?? [];
  expect(remark?.text).toContain(`rooms/lobby was ${jid} ("Lobby") until 2026-07-01.`);
  expect(remark?.text).toContain("chatform state forget --purge rooms/lobby");
  const reads = world.takeRequests().filter(({ operation }) => operation?.startsWith("getChats") === true);
  expect(reads.map(({ operation }) => operation).sort()).toEqual([
    "getChatsRoom",
    "getChatsRoomParticipants",
  ]);
  await world.apply(plan);
  expect(writesIn(world.takeRequests())).toEqual([]);
  expect(world.state).toMatchObject({ resources: { "rooms/lobby": { id: jid } } });
  expect(world.state?.forgotten).toBeUndefined();
  expect([rooms(), (await change(declared))?.action]).toEqual([1, "no-op"]);
});

test("plans differences of an adopted room as ordinary changes", async () => {
  const found = await change({ rooms: { lobby: { ...lobby, subject: "Foyer" } } });
  expect(found).toMatchObject({ action: "adopt", attributes: [{ path: "/subject", after: "Foyer" }] });
  expect(found?.calls.map(({ operation }) => operation)).toEqual(["patchChatsRoom"]);
});

test("keeps pins and messages of the adopted room, and warns that messages are sent again", async () => {
  const { plan } = await made({
    rooms: { lobby: { ...lobby, messages: { hello: { body: "Hello", pinned: true } } } },
  });
  expect(plan.changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
    "adopt rooms/lobby",
    "create rooms/lobby/messages/hello",
    "update rooms/lobby/pins",
  ]);
  expect(plan.changes[0]?.remarks[0]?.text).toContain("chatform import");
  await world.apply(plan);
  expect([rooms(), world.emulator.room(jid)?.messages?.length]).toEqual([1, 1]);
});

test("reads a missing room twice, names it, and creates a new room", async () => {
  world.emulator.change({ change: "remove-room", room: jid });
  const found = await change(declared);
  expect(found).toMatchObject({
    action: "create",
    remarks: [{ code: "forgotten-room-absent", severity: "warning" }],
  });
  expect(found?.remarks[0]?.text).toContain(jid);
  expect(found?.remarks[0]?.text).toContain("cannot see it");
  const reads = world.takeRequests().filter(({ path }) => path.includes("/rooms/"));
  expect(reads).toHaveLength(3);
});

test("does not count a single 404 as a missing room", async () => {
  for (const operation of ["getChatsRoom", "getChatsRoomParticipants"] as const) {
    const action = { type: "status", status: 404, code: "not.found" } as const;
    world.emulator.addFaults({ match: { operation }, times: 1, action });
  }
  expect(await change(declared)).toMatchObject({ action: "adopt", id: jid });
});

test("reports a room that cannot be read as an error with the choices, and creates nothing", async () => {
  const action = { type: "status", status: 403, code: "not.authorized" } as const;
  world.emulator.addFaults({ match: { operation: "getChatsRoom" }, action });
  await expect(made(declared)).rejects.toMatchObject({
    diagnostics: [
      {
        code: "forgotten-room-unreadable",
        address: "rooms/lobby",
        detail: expect.stringContaining(jid) as string,
        help: expect.stringContaining("chatform state forget --purge rooms/lobby") as string,
      },
    ],
  });
});

test("is an error without a refresh", async () => {
  await expect(made(declared, { refresh: false })).rejects.toMatchObject({
    diagnostics: [{ code: "forgotten-room-unread", detail: expect.stringContaining(jid) as string }],
  });
});

test("adopts nothing in a refresh-only plan", async () => {
  expect((await made(declared, { mode: "refresh-only" })).plan.changes).toEqual([]);
});

test("creates a new room without a warning after a purge", async () => {
  world.state =
    world.state && withEntries(world.state, [{ type: "forgotten-purged", address: "rooms/lobby" }]);
  expect(await change(declared)).toMatchObject({ action: "create", remarks: [] });
});

describe("several rooms at one address", () => {
  const gone = { jid: other, forgotten: "2026-07-05T08:00:00.000Z" };

  test("adopts the latest existing room, and names the others", async () => {
    forget({}, gone);
    const found = await change(declared);
    expect(found).toMatchObject({ action: "adopt", id: jid });
    expect(found?.remarks[0]?.text).toContain(`The address also was ${other} until 2026-07-05.`);
    const found2 = world.takeRequests().filter(({ path }) => path.includes(encodeURIComponent(other)));
    expect(found2).toHaveLength(3);
  });

  test("names all rooms when no room exists", async () => {
    world.emulator.change({ change: "remove-room", room: jid });
    forget({}, gone);
    const found = await change(declared);
    expect(found?.action).toBe("create");
    for (const one of [jid, other]) expect(found?.remarks[0]?.text).toContain(one);
  });
});

test("adopts a jid that is declared at another address only there", async () => {
  const { plan } = await made({ rooms: { lobby: { subject: "Lobby 2" }, foyer: { jid, ...lobby } } });
  expect(plan.changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
    "adopt rooms/foyer",
    "create rooms/lobby",
  ]);
});

describe("a recorded room", () => {
  test("that no longer exists is named with its jid, which the state keeps", async () => {
    await applied(declared);
    world.emulator.change({ change: "remove-room", room: jid });
    const { plan } = await made(declared);
    expect(plan.changes[0]).toMatchObject({
      ...{ action: "create", replaces: jid },
      remarks: [{ code: "replaces-missing", severity: "warning" }],
    });
    expect(plan.changes[0]?.remarks[0]?.text).toContain(
      `rooms/lobby was ${jid}, which no longer exists (404, checked twice). A new room is created.`,
    );
    await world.apply(plan);
    expect(world.state?.resources["rooms/lobby"]?.id).not.toBe(jid);
    expect(world.state?.forgotten).toMatchObject([{ address: "rooms/lobby", jid, subject: "Lobby" }]);
  });

  test("whose address gets another jid is named, and kept", async () => {
    await applied({ rooms: { old: lobby, lobby } });
    const old = world.state?.resources["rooms/old"]?.id ?? "";
    // The state loses sight of one of them.
    world.state =
      world.state &&
      withEntries(world.state, [
        { type: "record", address: "rooms/old", resource: null, at: "2026-07-01T08:00:00.000Z" },
      ]);
    const { plan } = await made({ rooms: { lobby: { ...lobby, jid: old } } });
    expect(plan.changes).toMatchObject([
      { action: "adopt", id: old, replaces: jid, remarks: [{ code: "replaces-recorded" }] },
    ]);
    await world.apply(plan);
    expect(world.state?.resources["rooms/lobby"]?.id).toBe(old);
    expect(world.state?.forgotten).toMatchObject([{ address: "rooms/lobby", jid }]);
  });

  test.each(["normal", "destroy"] as const)(
    "that is emptied by a %s plan keeps its jid in the state",
    async (mode) => {
      const emptied = { rooms: { lobby: { ...lobby, onRemove: "empty" } } };
      await applied(emptied);
      const { plan } = await made({}, { mode });
      expect(plan.changes).toMatchObject([{ action: "forget", id: jid }]);
      await world.apply(plan);
      expect(world.state?.forgotten).toMatchObject([{ address: "rooms/lobby", jid }]);
    },
  );
});

test("looks at each of thousands of forgotten rooms a few times, however many rooms are declared", () => {
  const numbers = Array.from({ length: 1000 }, (_one, at) => at);
  let looks = 0;
  const forgotten = numbers.map((at) => ({
    ...{ jid: `jid-${at}`, kind: "rooms/*", forgotten: "2026-07-01T08:00:00.000Z" },
    get address() {
      looks++;
      return `rooms/r${at}`;
    },
  }));
  const resources = numbers.map((at) => ({
    ...{ address: `rooms/r${at}`, kind: "rooms/*" },
    ...{ attributes: {}, pointer: `/rooms/r${at}` },
  }));

  const found = findAdoptableRooms(resources, resources, { ...emptyState("L"), forgotten }, new Map());

  expect([...found].map(([address, [room]]) => [address, room?.jid]).at(-1)).toEqual([
    "rooms/r999",
    "jid-999",
  ]);
  expect(looks).toBeLessThan(10 * forgotten.length);
});
