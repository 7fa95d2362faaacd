/** Rooms that are full, rooms that go by two spellings of their jid, and 1on1s that don't exist before their first message. */
import { afterEach, describe, expect, test } from "vitest";
import { DiagnosticsError } from "../../../src/core/diagnostic.js";
import type { JsonObject } from "../../../src/core/json/json.js";
import type { EmulatorOptions } from "../../../src/emulator/index.js";
import { actions, loadResources, statuses, World } from "../../helpers/world.js";
import { writesIn } from "../../helpers/writes.js";

let world: World;

afterEach(async () => {
  await world.close();
});

const jid = "adhoc-3b241101-e2bb-4255-8caf-4136c566a962@conference.Example-Org.orgspan.com";
const [ana, bo, sam, lee] = ["ana@example.com", "bo@example.com", "sam@example.com", "lee@example.com"];

interface Full {
  readonly limit?: number;
  readonly participants?: readonly string[];
  readonly owners?: readonly string[];
  readonly variants?: EmulatorOptions["variants"];
}

/** An org whose room holds as many people as it can. */
async function full({ limit = 3, participants = [ana, bo, sam], owners = [], variants }: Full = {}) {
  const users = ["jane.doe@example.com", ana, bo, sam, lee].map((email) => ({ email }));
  const room = { jid, subject: "Full", participants, owners, participantLimit: limit };
  world = await World.start({
    seed: { users, rooms: [room] },
    ...(variants === undefined ? {} : { variants: { removeOwner: "refuse", ...variants } }),
  });
}

async function planned(document: JsonObject) {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  return { plan, problems: diagnostics };
}

/** Returns the writes, as `METHOD who`, in order. */
function writes(): readonly string[] {
  const emails = new Map(world.emulator.dump().users.map(({ id, email }) => [id, email.split("@")[0]]));
  return world
    .takeRequests()
    .filter(({ method, path }) => method !== "GET" && path.includes("/chats/"))
    .map(({ method, path }) => `${method} ${emails.get(path.split("/").at(-1) ?? "") ?? "room"}`);
}

const people = () =>
  (world.emulator.room(jid)?.participants ?? []).map(
    (id) => world.emulator.dump().users.find((user) => user.id === id)?.email,
  );

describe("a full room", () => {
  const desk = (rest: JsonObject): JsonObject => ({ rooms: { full: { jid, ...rest } } });

  test.each<readonly [string, JsonObject]>([
    ["whose limit was not read", {}],
    ["whose limit was read", { subject: "Full" }],
  ])("removes one participant before it adds another: %s", async (_what, rest) => {
    await full();
    const { plan, problems } = await planned(desk({ participants: [ana, bo, lee], ...rest }));
    expect(problems).toEqual([]);
    world.takeRequests();
    expect(statuses(await world.apply(plan))).toEqual({ "rooms/full": "done" });
    expect(writes()).toEqual(["DELETE sam", "POST lee"]);
    expect(people()).toEqual([ana, bo, lee]);
  });

  test("adds the others when room is made although one participant cannot be removed", async () => {
    await full({ participants: [ana, bo, sam] });
    const { plan } = await planned(desk({ participants: [ana, lee] }));
    world.emulator.addFaults({
      match: { operation: "deleteChatsRoomParticipant" },
      times: 1,
      action: { type: "status", status: 403, code: "forbidden" },
    });
    expect(statuses(await world.apply(plan))).toEqual({ "rooms/full": "failed" });
    expect(people()).toContain(lee);
  });

  test("replaces an owner by ending the ownership first where an owner cannot be removed", async () => {
    await full({ owners: [ana, sam], variants: {} });
    const wanted = desk({ owners: [ana, lee], participants: [ana, bo, lee] });
    const { plan, problems } = await planned(wanted);
    expect(problems).toEqual([]);
    world.takeRequests();
    expect(statuses(await world.apply(plan))).toEqual({ "rooms/full": "done" });
    expect(writes()).toEqual(["PATCH room", "DELETE sam", "POST lee", "PATCH room"]);
    expect(actions((await planned(wanted)).plan)).toEqual({});
  });

  test("keeps the order that leaves no gap when everybody fits", async () => {
    await full({ limit: 4 });
    const { plan } = await planned(desk({ subject: "Full", participants: [ana, bo, lee] }));
    expect(plan.changes[0]?.calls.map(({ waitsFor, dependsOn }) => [waitsFor, dependsOn])).toEqual([
      [undefined, []],
      [undefined, []],
    ]);
  });

  test.each<readonly [string, Full, JsonObject]>([
    ["more people than it holds", {}, { subject: "Full", participants: [ana, bo, sam, lee] }],
    ["its only owner replaced", { owners: [sam] }, { owners: [lee], participants: [ana, bo, lee] }],
  ])("refuses too many participants with the numbers: %s", async (_what, seed, rest) => {
    await full(seed);
    const { problems } = await planned(desk(rest));
    expect(problems.map(({ code }) => code)).toEqual(["room-full"]);
    expect(problems[0]?.detail).toContain(
      "The room holds at most 3 participants. 3 are present and 1 would be added: 4 in total.",
    );
  });
});

describe("two spellings of one jid", () => {
  const other = jid.toLowerCase();

  test.each(["exact", "any"] as const)(
    "of config and state need no change when the service matches jids %s",
    async (jidCase) => {
      await full({ variants: { jidCase } });
      const config = { rooms: { full: { jid, subject: "Full", participants: [ana, bo, sam] } } };
      const { plan } = await planned(config);
      await world.apply(plan);
      const recorded = world.state?.resources["rooms/full"];
      if (world.state === undefined || recorded === undefined) throw new Error("nothing was recorded");
      world.state = { ...world.state, resources: { "rooms/full": { ...recorded, id: other } } };
      const again = await planned(config);
      expect(again.problems).toEqual([]);
      expect(actions(again.plan)).toEqual({});
      expect(again.plan.drift).toEqual([]);
    },
  );

  test("is an error when the state records the room under another address", async () => {
    await full({ variants: { jidCase: "any" } });
    const { plan } = await planned({ rooms: { a: { jid, subject: "Full" } } });
    await world.apply(plan);
    const both = { rooms: { a: { subject: "Full" }, b: { jid: other, subject: "Full" } } };
    const { problems } = await planned(both);
    expect(problems.map(({ code }) => code)).toEqual(["same-thing-twice"]);
  });

  test("keeps what was recorded in a room that the config renames", async () => {
    await full({ variants: { jidCase: "any" } });
    const message = { messages: { hello: { body: "Hello" } } };
    const { plan } = await planned({ rooms: { a: { jid, subject: "Full", ...message } } });
    await world.apply(plan);
    const renamed = await planned({ rooms: { b: { jid: other, subject: "Full", ...message } } });
    expect(renamed.problems).toEqual([]);
    expect(actions(renamed.plan)).toEqual({});
  });
});

describe("a 1on1 before its first message", () => {
  test.each([
    [404, 0],
    [404, 3],
    [200, 0],
    [200, 3],
  ] as const)(
    "returns %i, and gets the message, then the pin (visible after %i reads)",
    async (status, lagReads) => {
      world = await World.start({ variants: { absentOneOnOne: status, lagReads } });
      const document = { users: { [sam]: { messages: { hello: { body: "Welcome!", pinned: true } } } } };
      const { plan, problems } = await planned(document);
      expect(problems).toEqual([]);
      world.takeRequests();
      expect(statuses(await world.apply(plan))).toEqual({
        [`users/${sam}/messages/hello`]: "done",
        [`users/${sam}/pins`]: "done",
      });
      expect(writesIn(world.takeRequests()).length).toBe(2);
      expect(world.emulator.dump().oneOnOnes.at(-1)?.pins).toHaveLength(1);
      expect(actions((await planned(document)).plan)).toEqual({});
    },
  );

  test.each([
    ["not.found", []],
    ["resource.not.found", []],
    ["http.404", ["read-failed"]],
  ])("needs no change for pins: [] if the service returns 404 %s", async (code, problems) => {
    world = await World.start();
    const action = { type: "status", status: 404, code } as const;
    world.emulator.addFaults({ match: { operation: "getChatsUser" }, times: "always", action });
    const codes = await planned({ users: { [sam]: { pinnedMessageIds: [] } } }).then(
      ({ plan }) => plan.changes.flatMap(({ calls }) => calls.map(({ operation }) => operation)),
      (error: unknown) => error instanceof DiagnosticsError && error.diagnostics.map((one) => one.code),
    );
    expect(codes).toEqual(problems);
  });

  test.each([404, 200] as const)(
    "is not that of a user whom nobody knows, with %i",
    async (absentOneOnOne) => {
      world = await World.start({ variants: { absentOneOnOne } });
      const nobody = "00000000-0000-4000-8000-00000000dead";
      const document = {
        users: { [nobody]: { pinnedMessageIds: ["00000000-0000-4000-8000-00000000beef"] } },
      };
      await expect(planned(document)).rejects.toMatchObject({ diagnostics: [{ code: "unknown-user" }] });
    },
  );
});
