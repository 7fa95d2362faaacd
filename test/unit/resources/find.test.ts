/** What may be it, of the things that a service shows, and what contradicts. */
import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.js";
import type { Candidate, Find, Match } from "../../../src/core/kind.js";
import type { Intent } from "../../../src/core/state.js";
import { roomScope } from "../../../src/resources/chat-scope.js";
import { findMessage } from "../../../src/resources/message-find.js";
import { findRoom } from "../../../src/resources/room-find.js";

const at = "2026-07-01T08:00:00.000Z";
const minutesFrom = (minutes: number): string => new Date(Date.parse(at) + minutes * 60_000).toISOString();
const me = "39dfca7e-9717-4ae5-9a9d-6891a531cb64";
const sam = "7a4b2c0e-1111-4ae5-9a9d-6891a531cb64";
const zoe = "99999999-1111-4ae5-9a9d-6891a531cb64";

function intent(body: JsonObject): Intent {
  return {
    ...{ address: "rooms/a/messages/m", kind: "rooms/*/messages/*", operation: "postChatsRoomMessages" },
    ...{ container: "J", body, at, record: { applied: {} }, effects: [] },
  };
}

const found = (body: Json): { readonly found: true; readonly body: Json } => ({ found: true, body });
const world = { actor: me };
const message = findMessage(roomScope);

function messages(...sent: readonly (readonly [string, string, number, string?])[]) {
  const entities: Json = sent.map(([id, body, minutes, user = me]) => ({
    ...{ id, body, dateCreated: minutesFrom(minutes) },
    user: { id: user },
  }));
  return message.candidates(intent({ message: "Hello" }), [found({ entities })], world);
}

it("lists messages of the same text, with when they were sent", () => {
  const { list, conclusive } = messages(["m1", "Hello", 1], ["m2", "Hello\n", -60], ["m3", "Bye", 1]);
  expect(list.map(({ id, created }) => [id, created])).toEqual([
    ["m1", Date.parse(minutesFrom(1))],
    ["m2", Date.parse(minutesFrom(-60))],
  ]);
  expect(conclusive).toBe(true);
});

it("lists nobody else's message", () => {
  expect(messages(["m1", "Hello", 1, sam]).list).toEqual([]);
});

it("finds no proof in a history that ends after the request", () => {
  const many = Array.from({ length: 20 }, (_none, number) => [`m${number}`, "Bye", number] as const);
  expect(messages(...many).conclusive).toBe(false);
  expect(messages(...many, ["old", "Bye", -10]).conclusive).toBe(true);
});

function compared(find: Find, body: JsonObject, listed: JsonObject, answers: readonly Json[] = []): Match {
  const candidate: Candidate = { id: "X", created: Date.parse(at), listed };
  return find.compare(intent(body), candidate, answers.map(found), world);
}

it.each<readonly [string, JsonObject, JsonObject, readonly string[]]>([
  ["all shows", { message: "x" }, {}, []],
  ["a reply in the thread", { message: "x", threadId: "T" }, { thread: { id: "T" } }, []],
  ["a reply with a thread of its own", { message: "x", threadId: "T" }, { parentThread: { id: "T" } }, []],
  ["another thread", { message: "x", threadId: "T" }, { thread: { id: "U" } }, ["it is in another thread"]],
  ["a reply, where none was sent", { message: "x" }, { parentThread: { id: "T" } }, ["it is a reply"]],
  ["the mentioned", { message: "x", mentions: [sam] }, { mentions: { [sam]: {} } }, []],
  [
    "mentions in a form that nobody documented",
    { message: "x", mentions: [sam] },
    { mentions: { a: 1 } },
    [],
  ],
  [
    "somebody mentioned",
    { message: "x" },
    { mentions: { [sam]: {} } },
    ["it mentions people whom the request did not name"],
  ],
])("compares a message: %s", (_what, body, listed, contradictions) => {
  expect(compared(message, body, { user: { id: me }, ...listed })).toEqual({
    exact: contradictions.length === 0,
    contradictions,
  });
});

it("finds rooms among the chats of the token's user", () => {
  const entities = [
    { room: { jid: "J1", subject: "Lobby", dateCreated: minutesFrom(1) } },
    { room: { id: "J2", name: "Lobby " } },
    { room: { jid: "J3", subject: "Desk", dateCreated: minutesFrom(1) } },
    { room: { subject: "Lobby", dateCreated: minutesFrom(1) } },
    { user: { id: me } },
  ];
  const search = (userIds: readonly string[]) =>
    findRoom.candidates(intent({ subject: "Lobby", userIds }), [found({ entities })], world);
  expect(search([me.toUpperCase()]).list.map(({ id, created }) => [id, created])).toEqual([
    ["J1", Date.parse(minutesFrom(1))],
    ["J2", Number.NaN],
  ]);
  expect([search([me]).conclusive, search([sam]).conclusive]).toEqual([true, false]);
});

const sent = { subject: "Lobby", description: "Where we meet", userIds: [me, sam] };
const room = { roomType: "adhoc", subject: "Lobby", description: "Where we meet", owners: [{ id: me }] };
const people = (...ids: readonly string[]): Json => ({ participants: ids.map((id) => ({ user: { id } })) });

it.each<readonly [string, JsonObject, Json, boolean, readonly string[]]>([
  ["everything shows", room, people(me, sam), true, []],
  ["somebody has left", room, people(me), false, []],
  [
    "another description",
    { ...room, description: "Keep out" },
    people(me, sam),
    false,
    ["its description differs"],
  ],
  [
    "no description",
    { ...room, description: undefined },
    people(me, sam),
    false,
    ["its description differs"],
  ],
  [
    "a stranger in it",
    room,
    people(me, sam, zoe),
    false,
    [`it holds people whom the request did not name: ${zoe}`],
  ],
  [
    "a stranger's",
    { ...room, owners: [{ id: zoe }] },
    people(me, sam),
    false,
    [`it is owned by somebody else: ${zoe}`],
  ],
  ["without the token's user", room, people(sam), false, ["the token's user is not in it"]],
  ["a group's", { ...room, roomType: "group" }, people(me, sam), false, ["it is no ad hoc room"]],
])("compares a room: %s", (_what, details, participants, exact, contradictions) => {
  expect(compared(findRoom, sent, {}, [details, participants])).toEqual({ exact, contradictions });
});

it("takes a creator whom the service put in for no stranger", () => {
  expect(
    compared(findRoom, { subject: "Lobby", userIds: [sam] }, {}, [
      { ...room, description: "" },
      people(me, sam),
    ]),
  ).toEqual({
    exact: true,
    contradictions: [],
  });
});
