/** Probes that lose a response, lack permissions, are stopped, or find another room or behavior than before. */
import { afterEach, expect, it } from "vitest";
import type { EmulatorOptions } from "../../../../src/emulator/index.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { ProbeWorld } from "./probe-world.js";
import { probeWorld } from "./probe-world.js";

const jane = "jane.doe@example.com";

let world: ProbeWorld;
afterEach(() => world.close());

async function start(options: EmulatorOptions = {}): Promise<void> {
  world = await probeWorld({ actingUser: jane, ...options });
}

const rooms = () => world.emulator.dump().rooms.filter(({ subject }) => subject === "chatform probe");

function expectOneEmptyRoom(): void {
  expect(rooms().map(({ messages = [], pins = [] }) => [messages, pins])).toEqual([[[], []]]);
  expect(rooms()[0]?.participants).toEqual([world.emulator.userId(jane)]);
  expect(world.state?.probeRooms).toMatchObject([{ jid: rooms()[0]?.jid }]);
}

it("finds the room of a create whose response was lost", async () => {
  await start({ faults: [{ match: { operation: "postChatsRooms" }, action: { type: "drop-after" } }] });
  const { failure, left } = await world.probe();
  expect([failure, left]).toEqual([undefined, []]);
  expectOneEmptyRoom();
  expect(world.state?.behavior?.["creatorJoins"]?.value).toBe(true);
});

it("finds the room again without a state", async () => {
  await start();
  await world.probe();
  world.state = undefined;
  await world.probe();
  expectOneEmptyRoom();
  // Who is in a room that exists already says nothing about its create.
  expect(world).not.toHaveProperty("state.behavior.creatorJoins");
});

it("leaves a room of the same subject with other people alone, and rooms of other users", async () => {
  await start();
  world.emulator.change({
    change: "add-room",
    room: { subject: "chatform probe", participants: [jane, "sam@example.com"], owners: [jane] },
  });
  await world.probe();
  expect(
    rooms()
      .map(({ participants }) => participants?.length)
      .toSorted(),
  ).toEqual([1, 2]);
});

it("removes the messages of a lost response", async () => {
  await start({
    variants: { lagMs: 2_000 },
    faults: [{ match: { operation: "postChatsRoomMessages", nth: 3 }, action: { type: "drop-after" } }],
  });
  const { failure } = await world.probe();
  expect(failure?.failure.operation).toBe("postChatsRoomMessages");
  expectOneEmptyRoom();
});

it("empties the room when it is stopped", async () => {
  await start();
  const stop = new AbortController();
  const { interrupted, outcomes } = await world.probe({
    stop: stop.signal,
    wrapApi: (api) => ({
      ...api,
      budget: () => api.budget(),
      serviceTime: () => api.serviceTime(),
      close: () => api.close(),
      call(request, signal) {
        if (request.operation === "postChatsRoomMessagesPins") stop.abort(new Error("Ctrl-C"));
        return api.call(request, signal);
      },
    }),
  });
  expect(interrupted).toBe(true);
  expect(outcomes.get("tooManyPins")).toEqual({ type: "not-asked", reason: "the probe was interrupted" });
  expectOneEmptyRoom();
});

it("skips the wait for an old message when it is stopped, and keeps the rest", async () => {
  await start();
  const stop = new AbortController();
  const { interrupted, outcomes } = await world.probe({
    stop: stop.signal,
    isSlow: true,
    onPart: (title) => {
      if (title.startsWith("Waiting")) stop.abort(new Error("Ctrl-C"));
    },
  });
  expect(interrupted).toBe(true);
  expect(outcomes.get("editOldMessage")).toEqual({ type: "not-asked", reason: "the probe was interrupted" });
  expect(outcomes.get("historyDefault")).toMatchObject({ type: "new", observation: { value: 100 } });
  expectOneEmptyRoom();
});

it("joins a room that its creator is not in, and observes whether the chats show it then", async () => {
  await start({ variants: { creatorJoins: false, roomsWithoutMessages: "omit" } });
  const { outcomes, left } = await world.probe();
  expect(left).toEqual([]);
  expect(outcomes.get("participantFindsRoom")).toMatchObject({ observation: { value: false } });
});

it("names what a token may not do, and does the rest", async () => {
  await start({ permissions: ["chat:room:view", "chat:room:add", "directory:user:view"] });
  const { outcomes, failure } = await world.probe();
  expect(failure).toBeUndefined();
  expect(outcomes.get("creatorOwns")).toMatchObject({ type: "new", observation: { value: true } });
  expect(outcomes.get("addPresentParticipant")).toMatchObject({
    type: "not-asked",
    reason: "postChatsRoomParticipant returned 403 missing.any.permissions",
  });
});

it("says of everything that a whole probe leaves open what would observe it", async () => {
  await start();
  const { outcomes } = await world.probe({ isSlow: true });
  const open = [...outcomes].filter(([, { type }]) => type === "not-asked");
  expect(open.map(([key, outcome]) => [key, "reason" in outcome ? outcome.reason : ""])).toEqual([
    ["clientTokenReads", "it needs the token of an OAuth client"],
    ["needsUserError", "it needs the token of an OAuth client"],
    [
      "userSettingsResponse",
      "an apply records it when it reads a user's settings back and they differ from the response",
    ],
    [
      "clientRateLimit",
      "an apply records it when the service tells the limit, as in the refusal of a request",
    ],
  ]);
});

it("replaces what the service no longer does", async () => {
  await start();
  const date = new Date(world.clock.now()).toISOString();
  const behavior = {
    reactionsPut: { value: "add", date, evidence: "Seen before an update of the service." },
  };
  world.state = { ...emptyState("lineage-1"), behavior };
  const { outcomes } = await world.probe();
  expect(outcomes.get("reactionsPut")).toMatchObject({ type: "changed", observation: { value: "replace" } });
  expect(world.state).toMatchObject({ behavior: { reactionsPut: { value: "replace" } } });
});

it("makes no second room where the service keeps its creator out", async () => {
  await start({ variants: { creatorJoins: false, outsiders: "refuse" } });
  await world.probe();
  const { outcomes } = await world.probe();
  expect(rooms()).toHaveLength(1);
  expect(world.state?.probeRooms).toMatchObject([{ jid: rooms()[0]?.jid }]);
  expect(outcomes.get("texts")?.type).toBe("not-asked");
});

it("keeps the room of each user", async () => {
  await start();
  await world.probe();
  const [first] = world.state?.probeRooms ?? [];
  const other = { user: "0c5d63a1-0000-4000-8000-000000000001", at: "2026-07-01T08:00:00Z", jid: "J" };
  world.state = world.state && { ...world.state, probeRooms: [other] };
  await world.probe();
  expect(world.state?.probeRooms).toEqual([other, { ...first, at: expect.any(String) as string }]);
  expect(rooms()).toHaveLength(1);
});
