/** Lost and refused creates: what they made is found by all that was sent, and nothing is made twice or taken from a stranger. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../../../src/core/json/json.js";
import { emptyState } from "../../../src/core/state/state.js";
import type { EmulatorOptions, FaultAction } from "../../../src/emulator/index.js";
import { actions, loadResources, MemoryWriter, statuses, World } from "../../helpers/world.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const jane = "jane.doe@example.com";
const createRoom = { operation: "postChatsRooms" } as const;
const postMessage = { operation: "postChatsRoomMessages" } as const;

async function start(options: EmulatorOptions = {}): Promise<void> {
  world = await World.start(options);
}

async function applied(document: JsonObject): Promise<Readonly<Record<string, string>>> {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  return statuses(await world.apply(plan));
}

async function planned(document: JsonObject) {
  const { plan } = await world.plan(await loadResources(document));
  return { actions: actions(plan), uncertain: plan.uncertain };
}

const rooms = (subject: string) => world.emulator.dump().rooms.filter((one) => one.subject === subject);
const emails = (ids: readonly string[] = []): readonly string[] =>
  ids.map((id) => world.emulator.dump().users.find((one) => one.id === id || one.email === id)?.email ?? id);

describe("another user's room with the same subject", () => {
  const desired = {
    rooms: {
      standup: {
        subject: "Standup",
        participants: [jane, "sam@example.com"],
        messages: { m: { body: "Ours" } },
      },
    },
  };

  test.each<readonly [string, number, readonly string[], string]>([
    ["made four minutes before", 240, [jane, "zoe@example.com"], "was created 4 minutes before the request"],
    [
      "made a moment before, with other people",
      0,
      [jane, "zoe@example.com"],
      "participants that the request did not name",
    ],
    ["made four minutes before, with the same people", 240, [jane, "sam@example.com"], "4 minutes before"],
  ])("does not match the lost create: %s", async (_what, secondsBefore, participants, contradiction) => {
    await start({ faults: [{ match: createRoom, times: 1, action: { type: "drop-before" } }] });
    const made = world.clock.now() - secondsBefore * 1000;
    const jid = world.emulator.change({
      change: "add-room",
      room: { subject: "Standup", participants, dateCreated: new Date(made).toISOString() },
    });
    expect(await applied(desired)).toEqual({
      "rooms/standup": "uncertain",
      "rooms/standup/messages/m": "skipped",
    });
    const [stranger] = rooms("Standup");
    expect([stranger?.jid, stranger?.messages ?? []]).toEqual([jid, []]);
    expect(emails(stranger?.participants).toSorted()).toEqual(participants.toSorted());
    const [left] = (await planned(desired)).uncertain;
    expect(left?.text).toContain(`${JSON.stringify(jid).slice(1, -1)} is similar, but`);
    expect(left?.text).toContain(contradiction);
    // Nothing happens to it as long as a person has not decided.
    expect(await applied(desired)).toEqual({});
    expect(rooms("Standup")).toHaveLength(1);
  });
});

describe("two rooms with the same subject", () => {
  const desired = {
    rooms: {
      eu: {
        subject: "Standup",
        participants: [jane, "ana@example.com", "bo@example.com"],
        messages: { m: { body: "For EU" } },
      },
      us: {
        subject: "Standup",
        participants: [jane, "kim@example.com", "lee@example.com"],
        messages: { m: { body: "For US eyes only" } },
      },
    },
  };
  const expectOwnRooms = (): void => {
    const found = rooms("Standup").map(({ participants, messages = [] }) => [
      emails(participants).toSorted(),
      messages.map(({ body }) => body),
    ]);
    expect(found.toSorted()).toEqual([
      [["ana@example.com", "bo@example.com", jane], ["For EU"]],
      [[jane, "kim@example.com", "lee@example.com"], ["For US eyes only"]],
    ]);
  };

  test.each<readonly [string, readonly FaultAction[]]>([
    ["both carried out", [{ type: "drop-after" }, { type: "drop-after" }]],
    ["the first carried out", [{ type: "drop-after" }, { type: "drop-before" }]],
    ["the second carried out", [{ type: "drop-before" }, { type: "drop-after" }]],
    ["none carried out", [{ type: "drop-before" }, { type: "drop-before" }]],
    ["one returned, the other lost", [{ type: "delay", ms: 30 }, { type: "drop-after" }]],
  ])("with lost responses are each recorded under their own address: %s", async (_what, faults) => {
    await start({ faults: faults.map((action) => ({ match: createRoom, action })) });
    for (let run = 0; run < 3; run++) await applied(desired);
    expect((await planned(desired)).actions).toEqual({});
    expectOwnRooms();
  });
});

describe("a create that the service carries out but does not acknowledge", () => {
  const desired = {
    rooms: { lobby: { subject: "Lobby", participants: [jane], messages: { a: { body: "A" } } } },
  };
  const expectOne = (): void => {
    expect(rooms("Lobby").map(({ messages = [] }) => messages.map(({ body }) => body))).toEqual([["A"]]);
  };

  test.each<readonly [string, FaultAction]>([
    ["401", { type: "status", status: 401, applied: true }],
    ["404", { type: "status", status: 404, applied: true }],
    ["409", { type: "status", status: 409, applied: true }],
    ["429", { type: "status", status: 429, retryAfter: 1, applied: true }],
    ["500", { type: "status", status: 500, applied: true }],
    ["503", { type: "status", status: 503, applied: true }],
    ["garbage", { type: "garbage", applied: true }],
  ])("is not sent twice: %s", async (_what, action) => {
    for (const match of [createRoom, postMessage]) {
      await start({ faults: [{ match, action }] });
      for (let run = 0; run < 3; run++) await applied(desired);
      expect((await planned(desired)).actions).toEqual({});
      expectOne();
      await world.close();
    }
    await start();
  });

  test("was refused and not carried out: it is made, and sent again in the same run where that helps", async () => {
    for (const status of [429, 503]) {
      await start({ faults: [{ match: createRoom, action: { type: "status", status, retryAfter: 1 } }] });
      expect(await applied(desired)).toEqual({ "rooms/lobby": "done", "rooms/lobby/messages/a": "done" });
      expectOne();
      await world.close();
    }
    await start();
  });
});

test("records what recovery adopts in the plan that finds it, and changes it in the next plan", async () => {
  await start();
  const userIds = [world.emulator.userId(jane)];
  const desired = {
    rooms: {
      lobby: {
        ...{ subject: "Lobby", participants: [jane, "sam@example.com"], owners: ["sam@example.com"] },
        messages: { a: { body: "A" } },
      },
    },
  };
  // As a run leaves it that was killed between the request and its response.
  const at = new Date(world.clock.now()).toISOString();
  const body = { subject: "Lobby", userIds };
  await world.api.call({ operation: "postChatsRooms", body });
  world.state = {
    ...emptyState("00000000-0000-4000-8000-00000000aaaa"),
    uncertain: [
      {
        ...{
          address: "rooms/lobby",
          kind: "rooms/*",
          operation: "postChatsRooms",
          body,
          at,
          sent: { from: at },
        },
        record: { applied: {} },
        effects: [
          { path: "/subject", set: "Lobby" },
          { path: "/participants", add: userIds },
        ],
      },
    ],
  };
  const { plan } = await world.plan(await loadResources(desired));
  expect(plan.uncertain).toMatchObject([{ address: "rooms/lobby", recovered: true }]);
  expect(plan.cost.calls).toBe(0);
  await world.apply(plan);
  expect(world.state.resources["rooms/lobby"]?.id).toBe(rooms("Lobby")[0]?.jid);
  expect((await planned(desired)).actions).toEqual({
    "rooms/lobby": "update",
    "rooms/lobby/messages/a": "create",
  });
});

test("recovers a room whose record a kill lost after later calls had changed the room", async () => {
  await start();
  const append = vi.spyOn(MemoryWriter.prototype, "append");
  const lobby = { subject: "Lobby", participants: [jane], owners: ["sam@example.com"] };
  expect(await applied({ rooms: { lobby } })).toEqual({ "rooms/lobby": "done" });
  const intents = append.mock.calls.flatMap(([entry]) => (entry.type === "intent" ? [entry.intent] : []));
  append.mockRestore();
  world.state = { ...emptyState("00000000-0000-4000-8000-00000000aaaa"), uncertain: intents };
  expect(await planned({ rooms: { lobby } })).toEqual({ actions: {}, uncertain: [] });
  expect(await applied({ rooms: { lobby } })).toEqual({});
  expect(world.state.resources["rooms/lobby"]?.id).toBe(rooms("Lobby")[0]?.jid);
  expect(rooms("Lobby")).toHaveLength(1);
});

test("shares one wait limit between all attempts of a create", async () => {
  await start({ faults: [{ match: createRoom, action: { type: "status", status: 429, retryAfter: 1 } }] });
  const call = vi.spyOn(world.api, "call");
  const rooms = { a: { subject: "A", participants: [jane] }, b: { subject: "B", participants: [jane] } };
  expect(await applied({ rooms })).toEqual({ "rooms/a": "done", "rooms/b": "done" });
  const creates = call.mock.calls
    .map(([request]) => request)
    .filter((one) => one.operation === "postChatsRooms");
  expect(creates).toHaveLength(3);
  const limits = new Set(creates.map(({ waitsWith }) => waitsWith));
  expect([limits.size, limits.has(undefined)]).toEqual([2, false]);
});
