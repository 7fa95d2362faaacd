/** The observed behavior of the service is used, and everything stays as safe as before where it is unknown, old or another one. */
import { afterEach, describe, expect, test } from "vitest";
import type { Behavior, Observation } from "../../../src/core/behavior/behavior.js";
import { toReason } from "../../../src/core/behavior/behavior.js";
import type { JsonObject } from "../../../src/core/json/json.js";
import { emptyState } from "../../../src/core/state/state.js";
import type { EmulatorOptions, FaultAction } from "../../../src/emulator/index.js";
import { loadResources, statuses, World } from "../../helpers/world.js";

let world: World;
afterEach(() => world.close());

const sam = "sam@example.com";
const desired = { rooms: { lobby: { subject: "Lobby", participants: [sam], participantsMode: "additive" } } };
const rooms = () => world.emulator.dump().rooms.filter(({ subject }) => subject === "Lobby");

async function start(
  options: EmulatorOptions,
  behavior: Readonly<Record<string, Observation["value"]>>,
  days = 0,
) {
  world = await World.start(options);
  const date = new Date(world.clock.now() - days * 24 * 60 * 60_000).toISOString();
  const observed: Behavior = Object.fromEntries(
    Object.entries(behavior).map(([key, value]) => [key, { value, date, evidence: "Seen." }]),
  );
  world.state = { ...emptyState("lineage-1"), behavior: observed };
}

async function apply(document: JsonObject, options: { readonly verify?: boolean } = {}) {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  world.takeRequests();
  const before = world.clock.now();
  const result = statuses(await world.apply(plan, options));
  return { result, requests: world.takeRequests(), ms: world.clock.now() - before };
}

const lost = {
  faults: [{ match: { operation: "postChatsRooms" }, action: { type: "drop-before" } }],
} as const;
const finds = { creatorFindsRoom: true, listLagMs: 100 };

describe("a create whose request was lost", () => {
  test("did not happen if its creator would find the room", async () => {
    await start(lost, finds);
    const { result, ms } = await apply(desired);
    expect(result).toEqual({ "rooms/lobby": "failed" });
    // The wait follows the measured lag.
    expect(ms).toBeLessThan(15_000);
    expect((await apply(desired)).result).toEqual({ "rooms/lobby": "done" });
    expect(rooms()).toHaveLength(1);
  });

  test.each<readonly [string, Parameters<typeof start>[1], number]>([
    ["if nothing is known", {}, 0],
    ["if the creator does not find the room", { creatorFindsRoom: false }, 0],
    ["if the observation is old", finds, 91],
  ])("stays uncertain %s", async (_when, behavior, days) => {
    await start(lost, behavior, days);
    expect((await apply(desired)).result).toEqual({ "rooms/lobby": "uncertain" });
    expect(rooms()).toEqual([]);
  });

  test("stays uncertain for the token of another user", async () => {
    await start({}, finds);
    const intent = {
      ...{ address: "rooms/lobby", kind: "rooms/*", operation: "postChatsRooms" },
      ...{
        body: { subject: "Lobby", userIds: [world.emulator.userId(sam)] },
        record: { applied: {} },
        effects: [],
      },
      ...{
        at: new Date(world.clock.now() - 60_000).toISOString(),
        sender: world.emulator.userId("zoe@example.com"),
      },
    };
    world.state = { ...world.state!, uncertain: [intent] };
    const again = await world.plan(await loadResources(desired));
    expect(again.plan.uncertain.map(({ address }) => address)).toEqual(["rooms/lobby"]);
  });
});

describe("a patience below the time in which the service shows a create", () => {
  const jane = "jane.doe@example.com";
  const chat = {
    rooms: { lobby: { subject: "Lobby", participants: [jane], messages: { hi: { body: "Hi" } } } },
  };
  const message = { operation: "postChatsRoomMessages" };
  const room = { operation: "postChatsRooms" };
  const measured = { readLagMs: 5_000, listLagMs: 5_000 };

  test.each<readonly [string, object, FaultAction, Parameters<typeof start>[1]]>([
    ["a room, nothing known", room, { type: "drop-after" }, {}],
    ["a room, the lag known", room, { type: "drop-after" }, measured],
    ["a room, only the lag of reads known", room, { type: "drop-after" }, { readLagMs: 5_000 }],
    [
      "a room refused for the rate",
      room,
      { type: "status", status: 429, retryAfter: 0, applied: true },
      measured,
    ],
    ["a room after a 503", room, { type: "status", status: 503, applied: true }, {}],
    ["a message, nothing known", message, { type: "drop-after" }, {}],
    ["a message, the lag known", message, { type: "drop-after" }, measured],
    ["a message after a 502", message, { type: "status", status: 502, applied: true }, measured],
  ])("makes nothing twice: %s", async (_what, match, action, behavior) => {
    await start({ faults: [{ match, action }], variants: { lagMs: 3_000 } }, behavior);
    world.patienceMs = 2_000;
    for (let run = 0; run < 3; run++) await apply(chat);
    expect(rooms().map(({ messages = [] }) => messages.map(({ body }) => body))).toEqual([["Hi"]]);
    expect(world.state?.uncertain).toEqual([]);
  });
});

test("recovers a lost create once a later probe shows that its sender would find the room", async () => {
  await start(lost, {});
  expect((await apply(desired)).result).toEqual({ "rooms/lobby": "uncertain" });
  const date = new Date(world.clock.now()).toISOString();
  world.state = { ...world.state!, behavior: { creatorFindsRoom: { value: true, date, evidence: "Seen." } } };
  expect((await apply(desired)).result).toEqual({ "rooms/lobby": "done" });
  expect(rooms()).toHaveLength(1);
});

describe("an edit of a message", () => {
  const chat = (body: string) => ({
    rooms: {
      lobby: {
        subject: "Lobby",
        participants: ["jane.doe@example.com", sam],
        messages: { hi: { body } },
      },
    },
  });

  test.each<readonly [string, Parameters<typeof start>[1], readonly string[]]>([
    ["is planned without a word where nothing is known", {}, []],
    ["is planned without a word where the service edits old messages", { editOldMessage: "200" }, []],
    [
      "comes with a warning where the service refused one",
      { editOldMessage: "400 constraint.validation" },
      ["edit-refused"],
    ],
  ])("%s", async (_what, behavior, codes) => {
    await start({}, behavior);
    await apply(chat("One"));
    const { plan } = await world.plan(await loadResources(chat("Two")));
    const remarks = plan.changes.flatMap((change) => change.remarks);
    expect(remarks.map(({ code }) => code)).toEqual(codes);
    expect(
      remarks.every(({ text }) => text.includes("400 constraint.validation") && text.includes("rename")),
    ).toBe(true);
  });
});

test("stays uncertain where a participant does not find a room without messages", async () => {
  const zoe = { rooms: { lobby: { subject: "Lobby", participants: [sam, "zoe@example.com"] } } };
  const options = { ...lost, actingUser: "zoe@example.com" };
  await start(options, { participantFindsRoom: false });
  expect((await apply(zoe)).result).toEqual({ "rooms/lobby": "uncertain" });
  await world.close();
  await start(options, { participantFindsRoom: true });
  expect((await apply(zoe)).result).toEqual({ "rooms/lobby": "failed" });
});

test("a room of a lost create is found by its jid where chats have no details", async () => {
  const faults = [{ match: { operation: "postChatsRooms" }, action: { type: "drop-after" } }] as const;
  await start({ faults, variants: { chatRooms: "jid" } }, {});
  expect((await apply(desired)).result).toEqual({ "rooms/lobby": "recovered" });
});

test("a lost create reads the chats, which show that a creator finds the other room of the run", async () => {
  const faults = [
    { match: { operation: "postChatsRooms", nth: 2 }, action: { type: "drop-before" } },
  ] as const;
  await start({ faults }, {});
  const two = { rooms: { ...desired.rooms, office: { ...desired.rooms.lobby, subject: "Office" } } };
  const { result } = await apply(two);
  expect(Object.values(result).toSorted()).toEqual(["done", "uncertain"]);
  expect(world.state?.behavior?.["creatorFindsRoom"]).toMatchObject({ value: true });
});

test("a create whose response was lost shows that its creator finds the room", async () => {
  await start({ faults: [{ match: { operation: "postChatsRooms" }, action: { type: "drop-after" } }] }, {});
  expect((await apply(desired)).result).toEqual({ "rooms/lobby": "recovered" });
  expect(world.state?.behavior?.["creatorFindsRoom"]).toMatchObject({ value: true });
});

describe("a participant who joined meanwhile", () => {
  const more = { rooms: { lobby: { ...desired.rooms.lobby, participants: [sam, "zoe@example.com"] } } };
  const refusal = "The user is already in the room: 0c5d63a1-0000-4000-8000-000000000001";

  async function joinMeanwhile(known: boolean, reason = refusal) {
    await start({ variants: { addPresentParticipant: 409 } }, {});
    await apply(desired);
    const { plan } = await world.plan(await loadResources(more));
    const [room] = rooms();
    world.emulator.change({ change: "join", room: room?.jid ?? "", user: "zoe@example.com" });
    const date = new Date(world.clock.now()).toISOString();
    const observation = { value: "409 request.conflict", date, evidence: "Seen.", reason: toReason(reason) };
    if (known) world.state = { ...world.state!, behavior: { addPresentParticipant: observation } };
    world.takeRequests();
    const result = statuses(await world.apply(plan, { verify: false }));
    const reads = world.takeRequests().filter(({ method }) => method === "GET");
    return {
      result,
      reads: reads.length,
      applied: world.state?.resources["rooms/lobby"]?.applied["participants"],
    };
  }

  test("costs no read if the refusal is known", async () => {
    const { result, reads, applied } = await joinMeanwhile(true);
    expect([result, reads]).toEqual([{ "rooms/lobby": "done" }, 0]);
    expect(applied).toContain(world.emulator.userId("zoe@example.com"));
  });

  test("is read back if it is not, and makes it known", async () => {
    const { result, reads } = await joinMeanwhile(false);
    expect([result, reads > 0]).toEqual([{ "rooms/lobby": "done" }, true]);
    expect(world.state?.behavior?.["addPresentParticipant"]).toMatchObject({
      value: "409 request.conflict",
      reason: "The user is already in the room: *",
    });
  });

  test("is read back if the refusal has another message, as that of a full room", async () => {
    const { reads } = await joinMeanwhile(true, "A room holds at most 1000 participants.");
    expect(reads).toBeGreaterThan(0);
  });
});

describe("the limit of all tokens of a client together", () => {
  const limits = { perMinute: 1000, limits: [] };

  test.each<readonly [string, number | null | undefined, number | undefined]>([
    ["is recorded once the service has told it", 1000, 1000],
    ["is kept if the service tells nothing new", undefined, 2000],
    ["is forgotten if the service contradicts it", null, undefined],
  ])("%s", async (_what, clientLimit, recorded) => {
    await start({}, { clientRateLimit: 2000 });
    const { plan } = await world.plan(await loadResources(desired));
    world.api.budget = () => ({ ...limits, ...(clientLimit === undefined ? {} : { clientLimit }) });
    await world.apply(plan);
    expect(world.state?.behavior?.["clientRateLimit"]?.value).toBe(recorded);
  });
});

describe("reading back", () => {
  test("records a lag that it waited for", async () => {
    await start({ variants: { lagMs: 3_000 } }, {});
    expect((await apply(desired)).result).toEqual({ "rooms/lobby": "done" });
    expect(world.state?.behavior?.["readLagMs"]).toMatchObject({ value: 5_000 });
  });

  test("records nothing if every change shows at once", async () => {
    await start({}, {});
    await apply(desired);
    expect(world.state?.behavior ?? {}).toEqual({});
  });

  test.each([
    [{ readLagMs: 5_000 }, 50_000],
    [{ readLagMs: 100 }, 10_000],
    [{}, 30_000],
  ])("waits as the lag was measured: %j", async (behavior, expected) => {
    await start({ variants: { lagMs: 3_600_000 } }, behavior);
    const { result, ms } = await apply(desired);
    expect(result).toEqual({ "rooms/lobby": "not-taken" });
    expect(ms).toBeGreaterThanOrEqual(expected);
    expect(ms).toBeLessThan(expected + 1_000);
  });
});
