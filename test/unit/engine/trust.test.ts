/** Tests reads that fail or contradict each other, missing objects, and edits that conflict. */
import { afterEach, describe, expect, test } from "vitest";
import { DiagnosticsError } from "../../../src/core/diagnostic.js";
import type { JsonObject } from "../../../src/core/json/json.js";
import type { EmulatorOptions, FaultAction } from "../../../src/emulator/index.js";
import { actions, loadResources, statuses, World } from "../../helpers/world.js";
import { writesIn } from "../../helpers/writes.js";

let world: World;

afterEach(async () => {
  await world.close();
});

async function start(options: EmulatorOptions = {}): Promise<void> {
  world = await World.start(options);
}

const [jane, sam, zoe] = ["jane.doe@example.com", "sam@example.com", "zoe@example.com"];
const lobby = (rest: JsonObject = {}): JsonObject => ({ rooms: { lobby: { subject: "Lobby", ...rest } } });

async function applied(document: JsonObject): Promise<Readonly<Record<string, string>>> {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  return statuses(await world.apply(plan));
}

async function planned(document: JsonObject) {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  const remarks = plan.changes.flatMap((change) => change.remarks.map(({ code }) => code));
  return { plan, actions: actions(plan), problems: diagnostics.map(({ code }) => code), remarks };
}

/** The codes of the problems that end the planning. */
async function refused(document: JsonObject): Promise<readonly string[]> {
  const failure: unknown = await world.plan(await loadResources(document)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof DiagnosticsError)) throw new Error("it was planned");
  return failure.diagnostics.map(({ code }) => code);
}

const room = (subject = "Lobby") => world.emulator.dump().rooms.find((one) => one.subject === subject);
const emails = (ids: readonly string[] = []): readonly string[] =>
  ids.map((id) =>
    id.includes("@") ? id : (world.emulator.dump().users.find((one) => one.id === id)?.email ?? id),
  );

describe("reads", () => {
  const not = (status: number, code: string): FaultAction => ({ type: "status", status, code });

  test.each<readonly [string, number, FaultAction]>([
    ["403", 1, not(403, "not.authorized")],
    ["404 of a proxy", 1, not(404, "http.404")],
    ["500, three times", 3, not(500, "internal.server.error")],
    ["410", 1, not(410, "gone")],
  ])("that fail with %s never count as absence", async (_what, times, action) => {
    await start();
    await applied(lobby({ participants: [jane], messages: { a: { body: "A", pinned: true } } }));
    for (const operation of ["getChatsRoom", "getChatsRoomParticipants", "getChatsRoomMessage"] as const) {
      world.emulator.addFaults({ match: { operation }, times, action });
      expect(
        await refused(lobby({ participants: [jane], messages: { a: { body: "A", pinned: true } } })),
      ).toContain("read-failed");
    }
  });

  test("are not an absence when one returns 404 and the other does not", async () => {
    await start();
    await applied(lobby({ participants: [jane] }));
    const action = not(404, "not.found");
    for (const operation of ["getChatsRoom", "getChatsRoomParticipants"] as const) {
      const before = world.clock.now();
      world.emulator.addFaults({ match: { operation }, times: 20, action });
      expect(await refused(lobby({ participants: [jane] }))).toEqual(["read-failed"]);
      expect(world.clock.now() - before).toBe(30_000);
      world.emulator.clearFaults();
    }
  });
});

describe("a room", () => {
  test("that is missing is created again, and reported as missing", async () => {
    await start();
    await applied({ ...lobby({ participants: [jane] }), settings: { reactionsEnabled: true } });
    await applied({ rooms: { lobby: { subject: "Lobby" }, hall: { subject: "Hall" } } });
    world.emulator.change({ change: "remove-room", room: room()?.jid ?? "" });
    const { plan } = await planned({ rooms: { lobby: { subject: "Lobby" }, hall: { subject: "Hall" } } });
    expect(actions(plan)).toEqual({ "rooms/lobby": "create" });
    expect(plan.drift).toMatchObject([{ address: "rooms/lobby", after: null }]);
  });

  test("renamed in the config by its jid keeps its messages and pins", async () => {
    await start();
    const messages = { a: { body: "A", pinned: true }, b: { body: "B", replyTo: "a" } };
    await applied(lobby({ messages }));
    const jid = room()?.jid ?? "";
    const renamed = { rooms: { foyer: { jid, subject: "Lobby", messages } } };
    world.takeRequests();
    await applied(renamed);
    expect(writesIn(world.takeRequests())).toEqual([]);
    expect(Object.keys(world.state?.resources ?? {})).toEqual([
      "rooms/foyer",
      "rooms/foyer/messages/a",
      "rooms/foyer/messages/b",
      "rooms/foyer/pins",
    ]);
    expect((await planned(renamed)).actions).toEqual({});
  });

  test("under two addresses is refused", async () => {
    await start();
    await applied(lobby());
    const jid = room()?.jid ?? "";
    const twice = { rooms: { lobby: { subject: "Lobby" }, foyer: { jid } } };
    expect((await planned(twice)).problems).toEqual(["same-thing-twice"]);
  });

  test("stays protected when the same edit removes the room and its protection", async () => {
    await start();
    await applied(lobby({ participants: [jane], protect: true, onRemove: "empty" }));
    expect((await planned({})).problems).toEqual(["protected"]);
    await applied(lobby({ participants: [jane], protect: false, onRemove: "empty" }));
    expect((await planned({})).problems).toEqual([]);
  });

  test("is removed with the onRemove that was last applied", async () => {
    await start();
    await applied(lobby({ participants: [jane, sam], onRemove: "empty" }));
    await applied(lobby({ participants: [jane, sam], onRemove: "retain" }));
    expect((await planned({})).plan.changes[0]?.calls).toEqual([]);
    await applied(lobby({ participants: [jane, sam], onRemove: "empty" }));
    expect((await planned({})).plan.changes[0]?.calls).toHaveLength(2);
  });

  test("whose list is exact again loses the participants who joined meanwhile", async () => {
    await start();
    await applied(lobby({ participants: [jane], participantsMode: "additive" }));
    world.emulator.change({ change: "join", room: room()?.jid ?? "", user: zoe });
    expect((await planned(lobby({ participants: [jane], participantsMode: "additive" }))).actions).toEqual(
      {},
    );
    await applied(lobby({ participants: [jane] }));
    expect(emails(room()?.participants)).toEqual([jane]);
    await applied(lobby({ participants: [sam], participantsMode: "additive" }));
    expect(emails(room()?.participants)).toEqual([jane, sam]);
  });

  test("whose values are all ignored is left alone", async () => {
    await start();
    const ignore = ["subject", "description", "owners", "participants"];
    const all = { description: "D", owners: [sam], participants: [sam], ignore };
    await applied(lobby(all));
    world.emulator.change({
      change: "room",
      room: room()?.jid ?? "",
      set: { subject: "Other", description: "O", owners: [zoe], participants: [zoe] },
    });
    const { plan, actions: left } = await planned(lobby(all));
    expect(left).toEqual({});
    expect(plan.drift).toEqual([]);
  });

  test("whose owner is not in its list converges, wherever owners are listed", async () => {
    for (const ownersJoin of [false, true]) {
      if (ownersJoin) await world.close();
      await start({ variants: { ownersJoin } });
      const desired = lobby({ owners: [zoe], participants: [sam] });
      await applied(desired);
      expect((await planned(desired)).actions).toEqual({});
    }
  });

  test("whose group is empty is emptied except for the token's user, and lists who is removed", async () => {
    await start();
    world.emulator.change({ change: "group", set: { name: "Empty", members: [] } });
    await applied(lobby({ participants: [jane, sam] }));
    const { plan, remarks } = await planned(lobby({ participants: [{ group: "Empty" }] }));
    expect(plan.changes[0]?.deletions).toBe(1);
    expect(remarks).toContain("acting-user-kept");
  });
});

describe("people", () => {
  test("whose e-mail is reassigned", async () => {
    await start();
    const when = { mobile: { notifications: { when: "Always" } } };
    await applied({ users: { [sam]: { settings: when } }, ...lobby({ participants: [jane, sam] }) });
    const old = world.emulator.userId(sam);
    world.emulator.change({ change: "user", set: { id: old, email: "sam.young@example.com" } });
    world.emulator.change({
      change: "user",
      set: { id: "5940c6f7-0000-4000-8000-000000000001", email: sam },
    });
    const { plan } = await planned({
      users: { [sam]: { settings: when } },
      ...lobby({ participants: [jane, sam] }),
    });
    const people = plan.changes.find(({ address }) => address === "rooms/lobby")?.attributes[0];
    expect(people?.before).toContain(old);
    expect(people?.after).not.toContain(old);
    expect(plan.findings).toMatchObject([{ type: "users" }]);
  });

  test("who are renamed keep their settings and 1on1s", async () => {
    await start();
    const one = {
      settings: { mobile: { notifications: { when: "Always" } } },
      messages: { hi: { body: "Hi" } },
    };
    await applied({ users: { [sam]: one } });
    const id = world.emulator.userId(sam);
    world.emulator.change({ change: "user", set: { id, email: "sam.young@example.com" } });
    world.takeRequests();
    await applied({ users: { "sam.young@example.com": one } });
    expect(writesIn(world.takeRequests())).toEqual([]);
    expect((await planned({ users: { "sam.young@example.com": one } })).actions).toEqual({});
  });

  test("whom the directory shows no more have departed if the state knows them", async () => {
    await start();
    await applied(lobby({ participants: [jane, sam] }));
    world.emulator.change({ change: "remove-user", user: sam });
    const { actions: made, problems, remarks } = await planned(lobby({ participants: [jane, sam] }));
    expect([made, problems, remarks]).toEqual([{}, [], ["departed-user"]]);
    expect(await refused(lobby({ participants: [jane, zoe, "never@example.com"] }))).toContain(
      "unknown-user",
    );
    expect((await planned(lobby({ participants: [jane] }))).actions).toEqual({});
  });

  test("who are inactive stay where they are declared", async () => {
    await start();
    await applied(lobby({ participants: [jane, sam] }));
    world.emulator.change({ change: "user", set: { email: sam, state: "inactive" } });
    expect((await planned(lobby({ participants: [jane, sam] }))).actions).toEqual({});
  });

  test("who own the token are never removed by an exact list, declared or not", async () => {
    await start();
    await applied(lobby({ participants: [jane, sam] }));
    const { plan, remarks } = await planned(lobby({ participants: [] }));
    expect(remarks).toEqual(["acting-user-kept"]);
    expect(plan.changes[0]?.calls.map(({ params }) => params["userId"])).toEqual([
      world.emulator.userId(sam),
    ]);
  });
});

describe("people by id", () => {
  test("are the same in upper and lower case", async () => {
    await start();
    world.emulator.change({
      change: "user",
      set: { id: "0000000a-aaaa-4bbb-8ccc-ddddddddddda", email: "ann@example.com" },
    });
    const declared = (id: string): JsonObject =>
      lobby({ owners: [id], participants: [id], messages: { m: { body: "M", mentions: [id] } } });
    await applied(declared("ann@example.com"));
    const written = "0000000A-AAAA-4bbb-8ccc-DDDDDDDDDDDA";
    expect((await planned(declared(written))).actions).toEqual({});
  });

  test("who do not exist are refused before any change, and reported with their location", async () => {
    await start();
    const nobody = "0000000f-aaaa-4bbb-8ccc-dddddddddddf";
    expect(await refused(lobby({ participants: [jane, nobody] }))).toEqual(["unknown-user"]);
    expect(await refused(lobby({ messages: { m: { body: "M", mentions: [nobody] } } }))).toEqual([
      "unknown-user",
    ]);
    expect(await refused({ users: { [nobody]: { messages: { m: { body: "M" } } } } })).toEqual([
      "unknown-user",
    ]);
    await applied(lobby({ participants: [jane] }));
    expect(await refused(lobby({ participants: [jane, nobody] }))).toEqual(["unknown-user"]);
  });

  test("who are inactive can be declared, although lists omit them", async () => {
    await start();
    world.emulator.change({ change: "user", set: { email: sam, state: "inactive" } });
    const id = world.emulator.userId(sam);
    expect(await applied(lobby({ participants: [jane, id] }))).toEqual({ "rooms/lobby": "done" });
  });
});

describe("messages", () => {
  test("declared as not pinned are unpinned, whoever pinned them", async () => {
    await start();
    const one = lobby({ messages: { m: { body: "M", pinned: false }, n: { body: "N" } } });
    await applied(one);
    const jid = world.state?.resources["rooms/lobby"]?.id ?? "";
    const [m = "", n = ""] = ["m", "n"].map(
      (name) => world.state?.resources[`rooms/lobby/messages/${name}`]?.id,
    );
    world.emulator.change({ change: "room", room: jid, set: { pins: [m, n] } });
    expect(room()?.pins).toHaveLength(2);
    expect((await planned(one)).actions).toEqual({ "rooms/lobby/pins": "update" });
    await applied(one);
    expect(room()?.pins).toEqual([n]);
    expect((await planned(one)).actions).toEqual({});
  });

  test("that are still pinned after an unpin remain to be unpinned", async () => {
    await start();
    const one = (pinned: boolean): JsonObject =>
      lobby({ messages: { m: { body: "M", pinned }, n: { body: "N", pinned: true } } });
    await applied(one(true));
    const action = { type: "status", status: 204 } as const;
    world.emulator.addFaults({ match: { operation: "deleteChatsRoomMessagesPin" }, times: 1, action });
    expect(await applied(one(false))).toEqual({ "rooms/lobby/pins": "not-taken" });
    expect(room()?.pins).toHaveLength(2);
    expect(await applied(one(false))).toEqual({ "rooms/lobby/pins": "done" });
    expect(room()?.pins).toHaveLength(1);
  });

  test("whose deletion is not confirmed are not forgotten", async () => {
    await start();
    const one = lobby({ messages: { m: { body: "M" } } });
    await applied(one);
    const action = { type: "status", status: 204 } as const;
    world.emulator.addFaults({ match: { operation: "deleteChatsRoomMessage" }, times: 1, action });
    expect(await applied(lobby())).toMatchObject({ "rooms/lobby/messages/m": "not-taken" });
    expect(room()?.messages).toHaveLength(1);
    expect(await applied(lobby())).toMatchObject({ "rooms/lobby/messages/m": "done" });
    expect(room()?.messages ?? []).toEqual([]);
    expect((await planned(lobby())).actions).toEqual({});
  });

  test("whose mentions are removed are sent without mentions, and the plan says that", async () => {
    await start();
    const message = (rest: JsonObject): JsonObject => lobby({ messages: { m: { body: "M", ...rest } } });
    await applied(message({ mentions: [sam] }));
    world.takeRequests();
    await applied(message({ mentions: [] }));
    expect(writesIn(world.takeRequests()).map(({ body }) => body)).toEqual([{ message: "M", mentions: [] }]);
    await applied(message({ mentions: [], body: "N" }));
    expect(writesIn(world.takeRequests()).map(({ body }) => body)).toEqual([{ message: "N" }]);
  });

  test("moved to another room are deleted in the old room and sent to the new room", async () => {
    await start();
    const two = (a: JsonObject, b: JsonObject): JsonObject => ({
      rooms: { one: { subject: "One", messages: a }, two: { subject: "Two", messages: b } },
    });
    await applied(two({ m: { body: "M", pinned: true } }, { n: { body: "N" } }));
    expect(await applied(two({}, { n: { body: "N" }, m: { body: "M", pinned: true } }))).toEqual({
      "rooms/one/messages/m": "done",
      "rooms/one/pins": "done",
      "rooms/two/messages/m": "done",
      "rooms/two/pins": "done",
    });
    expect([room("One")?.messages ?? [], room("One")?.pins ?? []]).toEqual([[], []]);
    expect(room("Two")?.messages?.map(({ body }) => body)).toEqual(["N", "M"]);
  });

  test.each([204, 404, 409] as const)(
    "that are orphans are unpinned first, with %s for a missing pin",
    async (removeAbsentPin) => {
      await start({ variants: { removeAbsentPin } });
      await applied(lobby({ messages: { a: { body: "A", pinned: true }, b: { body: "B" } } }));
      world.takeRequests();
      await applied(lobby({ messages: { b: { body: "B", pinned: true } } }));
      expect(writesIn(world.takeRequests()).map(({ operation }) => operation)).toEqual([
        "deleteChatsRoomMessagesPin",
        "deleteChatsRoomMessage",
        "postChatsRoomMessagesPins",
      ]);
    },
  );

  test("of others can fill the pins, which is reported before any change", async () => {
    await start();
    await applied(lobby({ messages: { a: { body: "A" } } }));
    const jid = room()?.jid ?? "";
    const ids = ["1", "2", "3", "4", "5"].map(
      (body) =>
        world.emulator.change({ change: "add-message", room: jid, message: { from: sam, body } }) as string,
    );
    world.emulator.change({ change: "room", room: jid, set: { pins: ids } });
    const { remarks } = await planned(lobby({ messages: { a: { body: "A", pinned: true } } }));
    expect(remarks).toContain("pins-full");
    world.emulator.change({ change: "room", room: jid, set: { pins: ids.slice(1) } });
    expect((await planned(lobby({ messages: { a: { body: "A", pinned: true } } }))).remarks).toEqual([]);
  });
});

describe("a state of another org", () => {
  const two = { rooms: { lobby: { subject: "Lobby" }, hall: { subject: "Hall" } } };

  async function elsewhere(options: EmulatorOptions): Promise<void> {
    await start();
    await applied(two);
    const { state } = world;
    await world.close();
    await start(options);
    world.state = state;
  }

  test("is refused, whatever is declared", async () => {
    await elsewhere({ seed: { name: "Other-Org", users: [{ email: jane }] } });
    expect(await refused(two)).toEqual(["another-org"]);
    expect(await refused({ rooms: { lobby: { subject: "Lobby" } } })).toEqual(["another-org"]);
    expect(await refused({ settings: { reactionsEnabled: true } })).toEqual(["another-org"]);
    expect(await refused({})).toEqual(["another-org"]);
  });

  test("is refused for a token without a user, before any other problem", async () => {
    const nobody = { actingUser: undefined } as unknown as EmulatorOptions;
    await elsewhere({ ...nobody, seed: { name: "Other-Org", users: [] } });
    expect(await refused({ rooms: { lobby: { subject: "Lobby", participants: [jane] } } })).toEqual([
      "another-org",
    ]);
  });

  test("is not suspected when the org is the same", async () => {
    await elsewhere({});
    expect((await planned(two)).actions).toEqual({ "rooms/hall": "create", "rooms/lobby": "create" });
  });
});
