/** What may be it, of the things that a service shows: by text, sender and time. */
import { expect, it } from "vitest";
import type { Json } from "../../../src/core/json.js";
import type { Intent } from "../../../src/core/state.js";
import { roomScope } from "../../../src/resources/chat-scope.js";
import { findMessage } from "../../../src/resources/message-find.js";
import { findRoom } from "../../../src/resources/room-find.js";

const at = "2026-07-01T08:00:00.000Z";
const minutesFrom = (minutes: number): string => new Date(Date.parse(at) + minutes * 60_000).toISOString();
const me = "39dfca7e-9717-4ae5-9a9d-6891a531cb64";

const intent: Intent = {
  address: "rooms/a/messages/m",
  kind: "rooms/*/messages/*",
  operation: "postChatsRoomMessages",
  container: "J",
  body: { message: "Hello" },
  at,
  record: { applied: {} },
  effects: [],
};

function messages(...sent: readonly (readonly [string, string, number, string?])[]) {
  const entities: Json = sent.map(([id, body, minutes, user = me]) => ({
    ...{ id, body, dateCreated: minutesFrom(minutes) },
    user: { id: user },
  }));
  return findMessage(roomScope).candidates(intent, [{ found: true, body: { entities } }], { actor: me });
}

it("takes messages since then, and tells of older ones", () => {
  expect(messages(["m1", "Hello", 1], ["m2", "Hello", -60], ["m3", "Bye", 1])).toEqual({
    ids: ["m1"],
    older: ["m2"],
    conclusive: true,
  });
});

it("takes what is some minutes older for new: clocks differ", () => {
  expect(messages(["m1", "Hello", -4]).ids).toEqual(["m1"]);
});

it("takes nobody else's message", () => {
  expect(messages(["m1", "Hello", 1, "another"], ["m2", "Hello", -60, "another"])).toMatchObject({
    ids: [],
    older: [],
  });
});

it("finds rooms among the acting user's chats", () => {
  const create = { ...intent, body: { subject: "Lobby", userIds: [me] } };
  const entities = [
    { room: { jid: "J1", subject: "Lobby", dateCreated: minutesFrom(1) } },
    { room: { jid: "J2", subject: "Lobby", dateCreated: minutesFrom(-1440) } },
    { room: { jid: "J3", subject: "Desk", dateCreated: minutesFrom(1) } },
    { room: { subject: "Lobby", dateCreated: minutesFrom(1) } },
    { user: { id: me } },
  ];
  expect(findRoom.candidates(create, [{ found: true, body: { entities } }], { actor: me })).toEqual({
    ids: ["J1"],
    older: ["J2"],
    conclusive: true,
  });
});
