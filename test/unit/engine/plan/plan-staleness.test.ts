/** A saved plan is stale when what it changes or relies on was changed since, and nothing else of it is read again. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { findStaleness } from "../../../../src/engine/plan/plan-staleness.js";
import { kinds } from "../../../../src/resources/index.js";
import { loadResources, World } from "../../../helpers/world.js";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  await world.close();
});

const people = ["jane.doe@example.com", "sam@example.com"];

async function saved(document: JsonObject): Promise<Plan> {
  const { plan, diagnostics } = await world.plan(await loadResources(document));
  expect(diagnostics).toEqual([]);
  return plan;
}

async function applied(document: JsonObject): Promise<void> {
  await world.apply(await saved(document));
}

async function moved(plan: Plan): Promise<readonly string[]> {
  const { api, clock, state } = world;
  const waiting = { parallelism: 10, patienceMs: 0, onEvent: () => undefined };
  const found = await findStaleness({ api, clock, state, kinds, plan, isSaved: true, ...waiting });
  return found.map(({ address, detail }) => `${address ?? ""}: ${detail ?? ""}`);
}

const lobby = (rest: JsonObject): JsonObject => ({
  rooms: { lobby: { subject: "Lobby", participants: people, ...rest } },
});
const room = () => world.emulator.dump().rooms.find(({ subject }) => subject === "Lobby");
const edit = (at: number, body: string): void => {
  const id = room()?.messages?.[at]?.id ?? "";
  world.emulator.change({ change: "edit-message", message: id, body });
};
const join = (user: string): void => {
  world.emulator.change({ change: "join", room: room()?.jid ?? "", user });
};

const message = (rest: JsonObject = {}): JsonObject => ({
  messages: { rules: { body: "Be kind", ...rest } },
});

describe.each<readonly [string, JsonObject]>([
  ["pins a message", lobby(message({ pinned: true }))],
  [
    "replies to a message",
    lobby({ messages: { rules: { body: "Be kind" }, more: { body: "Please", replyTo: "rules" } } }),
  ],
  ["deletes a message", lobby({})],
  ["reacts to a message", lobby(message({ reactions: ["👍"] }))],
])("a plan that %s", (_what, document) => {
  test("is stale when the text has changed", async () => {
    await applied(lobby(message()));
    const plan = await saved(document);
    expect(await moved(plan)).toEqual([]);
    edit(0, "Be cruel");
    expect(await moved(plan)).toEqual([
      'rooms/lobby/messages/rules: rooms/lobby/messages/rules has changed since the plan was saved: body was "Be kind" and is "Be cruel".',
    ]);
  });

  test("is not stale when values that it does not rely on have changed", async () => {
    await applied(lobby(message()));
    const plan = await saved(document);
    join("zoe@example.com");
    expect(await moved(plan)).toEqual([]);
  });
});

test("reads the pins and the message of a plan that pins once each", async () => {
  await applied(lobby({ messages: { a: { body: "A" }, b: { body: "B" } } }));
  const plan = await saved(lobby({ messages: { a: { body: "A", pinned: true }, b: { body: "B" } } }));
  world.takeRequests();
  await moved(plan);
  const paths = world.takeRequests().map(({ operation }) => operation);
  expect(paths.filter((one) => one !== "token").sort()).toEqual([
    "getChatsRoom",
    "getChatsRoomMessage",
    "getOrganizationsMe",
  ]);
});

describe("a plan that empties a room", () => {
  test("is stale when somebody has joined", async () => {
    await applied(lobby({ onRemove: "empty" }));
    const plan = await saved({});
    expect(await moved(plan)).toEqual([]);
    join("zoe@example.com");
    expect(await moved(plan)).toMatchObject([expect.stringContaining("participants was")]);
  });

  test("is stale when somebody has joined an empty room", async () => {
    await applied(lobby({ participants: [], onRemove: "empty" }));
    world.emulator.change({ change: "leave", room: room()?.jid ?? "", user: "jane.doe@example.com" });
    const plan = await saved({});
    expect(plan.changes.flatMap(({ calls }) => calls)).toEqual([]);
    expect(await moved(plan)).toEqual([]);
    join("zoe@example.com");
    expect(await moved(plan)).toMatchObject([expect.stringContaining("participants was")]);
  });
});
