import { expect, test, vi } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import { userId } from "../../../../src/core/calls/reference.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { State } from "../../../../src/core/state/state.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { ReadAhead } from "../../../../src/engine/refresh/read-ahead.js";
import { kinds } from "../../../../src/resources/index.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const room = (name: string, rest: Partial<Resource>): Resource => ({
  ...{ address: `rooms/${name}`, kind: "rooms/*", attributes: {}, pointer: "" },
  ...rest,
});

const settingsOf = (user: string): Resource => ({
  ...{ address: `users/${user}/settings`, kind: "users/*/settings", id: userId(user), pointer: "" },
  attributes: { mobile: { notifications: { when: "Always" } } },
});

const users = [
  { id: "A", email: "Ann@example.com", state: "active" },
  { id: "b", email: "bob@example.com", state: "inactive" },
  { id: "c", email: "cy@example.com" },
];

function readAhead(resources: readonly Resource[], state?: State, parallelism = 10) {
  const service = new ScriptedApi(({ operation }) => {
    if (operation === "postUsersSearch") return { results: users };
    if (operation === "getChatsRoomParticipants") throw refusal(404, "not.found");
    return { operation };
  });
  const ahead = new ReadAhead({
    ...{ api: service, resources, state, parallelism },
    kinds: new Map(kinds.map((kind) => [kind.name, kind])),
  });
  return { service, ahead };
}

const sent = ({ requests }: ScriptedApi): readonly string[] =>
  requests.map(({ operation, params }) => [operation, ...Object.values(params ?? {})].join(" "));

const search: ApiRequest = { operation: "postUsersSearch", body: {} };
const ofRoom = (operation: ApiRequest["operation"], roomJid: string): ApiRequest => ({
  ...{ operation, params: { roomJid }, query: {} },
});

test("begins the reads of resources whose id the config or the state gives", () => {
  const { service } = readAhead(
    [
      room("declared", { id: "one", attributes: { subject: "One" } }),
      room("recorded", { attributes: { subject: "Two" } }),
      room("new", { attributes: { subject: "Three" } }),
      settingsOf("ann@example.com"),
      settingsOf("0123"),
    ],
    {
      ...emptyState("l"),
      resources: { "rooms/recorded": { kind: "rooms/*", id: "two", applied: { subject: "Two" } } },
    },
  );
  expect(sent(service)).toEqual(["getChatsRoom one", "getChatsRoom two"]);
});

test("begins no read that people who are not known yet may make needless", () => {
  const { service } = readAhead(
    [room("recorded", { attributes: { participants: [userId("ann@example.com")] } })],
    {
      ...emptyState("l"),
      resources: { "rooms/recorded": { kind: "rooms/*", id: "one", applied: { participants: ["a"] } } },
    },
  );
  expect(sent(service)).toEqual(["getChatsRoomParticipants one"]);
});

test("begins the reads of an active user once a search has shown the user", async () => {
  const all = ["ann@example.com", "bob@example.com", "cy@example.com", "di@example.com"];
  const { service, ahead } = readAhead(all.map(settingsOf));
  await ahead.api.call(search);
  expect(sent(service)).toEqual(["postUsersSearch", "getChatsUserSettings a"]);
});

test("gives the response of a begun read once, and its error too", async () => {
  const { service, ahead } = readAhead([
    room("a", { id: "one", attributes: { subject: "A", participants: [] } }),
  ]);
  const read = ofRoom("getChatsRoom", "one");
  expect((await ahead.api.call(read)).body).toEqual({ operation: "getChatsRoom" });
  await expect(ahead.api.call(ofRoom("getChatsRoomParticipants", "one"))).rejects.toThrow("not.found");
  expect(service.counts()).toEqual({ getChatsRoom: 1, getChatsRoomParticipants: 1 });
  await ahead.api.call(read);
  expect(service.counts()).toEqual({ getChatsRoom: 2, getChatsRoomParticipants: 1 });
});

test("bounds the reads in flight, and sends none after it was stopped", async () => {
  const rooms = ["a", "b", "c"].map((name) => room(name, { id: name, attributes: { subject: name } }));
  const { service, ahead } = readAhead(rooms, undefined, 1);
  expect(sent(service)).toEqual(["getChatsRoom a"]);
  // A read that waits is sent at once for who needs it, and not a second time.
  await ahead.api.call(ofRoom("getChatsRoom", "c"));
  await new Promise((resolve) => setImmediate(resolve));
  expect([...sent(service)].sort()).toEqual(["getChatsRoom a", "getChatsRoom b", "getChatsRoom c"]);

  const stopped = readAhead(rooms, undefined, 1);
  stopped.ahead.stop();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent(stopped.service)).toEqual(["getChatsRoom a"]);
});

test("goes through the waiting reads once, not once for each response", async () => {
  const rooms = Array.from({ length: 1000 }, (_none, at) =>
    room(`r${at}`, { id: `r${at}`, attributes: { subject: "R" } }),
  );
  const passes = [
    vi.spyOn(Map.prototype, "entries"),
    vi.spyOn(Map.prototype, Symbol.iterator as unknown as "entries"),
  ];
  const { service } = readAhead(rooms);
  while (service.requests.length < rooms.length) await new Promise((resolve) => setImmediate(resolve));
  const count = passes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  for (const pass of passes) pass.mockRestore();
  // A pass of its own for each response would also pass all reads that were begun before.
  expect(count).toBeLessThan(20);
  expect(sent(service).at(-1)).toBe("getChatsRoom r999");
});
