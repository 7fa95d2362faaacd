/** Tests which visible objects match an uncertain create, and which evidence contradicts a match. */
import { expect, it } from "vitest";
import type { KnownBehavior } from "../../../src/core/behavior/behavior.js";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import type { Candidate, RecoverRole, Match } from "../../../src/core/kind/recover-role.js";
import type { Intent } from "../../../src/core/state/state.js";
import { roomScope } from "../../../src/resources/messages/chat-scope.js";
import { recoverMessage } from "../../../src/resources/messages/recover-message.js";
import { recoverRoom } from "../../../src/resources/rooms/recover-room.js";

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

const nothingKnown = (): undefined => undefined;
const found = (body: Json): { readonly found: true; readonly body: Json } => ({ found: true, body });
const tokenUser = me;
const emails = { [sam]: "sam@example.com" };
const message = recoverMessage(roomScope);

function messages(...sent: readonly (readonly [string, string, number, string?])[]) {
  const entities: Json = sent.map(([id, body, minutes, user = me]) => ({
    ...{ id, body, dateCreated: minutesFrom(minutes) },
    user: { id: user },
  }));
  return message.candidates(intent({ message: "Hello" }), [found({ entities })], tokenUser, nothingKnown);
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

function compared(
  find: RecoverRole,
  body: JsonObject,
  listed: JsonObject,
  reads: readonly Json[] = [],
): Match {
  const candidate: Candidate = { id: "X", created: Date.parse(at), sameText: true, listed };
  return find.compare(intent(body), candidate, reads.map(found), { tokenUser, people: emails });
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
    ["it mentions users that the request did not name"],
  ],
])("compares a message: %s", (_what, body, listed, contradictions) => {
  expect(compared(message, body, { body: "x", user: { id: me }, ...listed })).toMatchObject({
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
    recoverRoom.candidates(
      intent({ subject: "Lobby", userIds }),
      [found({ entities })],
      tokenUser,
      nothingKnown,
    );
  expect(search([me.toUpperCase()]).list.map(({ id, created }) => [id, created])).toEqual([
    ["J1", Date.parse(minutesFrom(1))],
    ["J2", Number.NaN],
  ]);
  expect([search([me]).conclusive, search([sam]).conclusive]).toEqual([true, false]);
});

it("takes an empty list as proof only for the sender, where creators were observed to find new rooms", () => {
  const isProof = (sender: string | undefined, finds: boolean | undefined): boolean => {
    const create = {
      ...intent({ subject: "Lobby", userIds: [sam] }),
      ...(sender === undefined ? {} : { sender }),
    };
    const known: KnownBehavior = (key) => (key === "creatorFindsRoom" ? finds : undefined) as never;
    return recoverRoom.candidates(create, [found({ entities: [] })], tokenUser, known).conclusive;
  };
  expect([isProof(me, true), isProof(sam, true), isProof(undefined, true)]).toEqual([true, false, false]);
  expect([isProof(me, false), isProof(me, undefined)]).toEqual([false, false]);
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
    [`it has participants that the request did not name: ${zoe}`],
  ],
  [
    "a stranger's",
    { ...room, owners: [{ id: zoe }] },
    people(me, sam),
    false,
    [`it has other owners: ${zoe}`],
  ],
  ["without the token's user", room, people(sam), false, ["the token's user is not in it"]],
  ["a group's", { ...room, roomType: "group" }, people(me, sam), false, ["it is not an ad hoc room"]],
])("compares a room: %s", (_what, details, participants, exact, contradictions) => {
  expect(compared(recoverRoom, sent, {}, [details, participants])).toMatchObject({ exact, contradictions });
});

it("expects the people whom later calls of the same change add to a room", () => {
  const candidate: Candidate = { id: "X", created: Date.parse(at), sameText: true, listed: {} };
  const reads = [{ ...room, owners: [{ id: sam }] }, people(me, sam, zoe)].map(found);
  const { contradictions, exact } = recoverRoom.compare(
    { ...intent(sent), later: { owners: [sam], participants: [me, sam, zoe] } },
    ...([candidate, reads, { tokenUser, people: emails }] as const),
  );
  expect([exact, contradictions]).toEqual([true, []]);
});

it("names others in a room by e-mail, where the state has it", () => {
  const others = { ...room, owners: [{ id: sam }] };
  const { contradictions } = compared(recoverRoom, { ...sent, userIds: [me] }, {}, [
    others,
    people(me, sam, zoe),
  ]);
  expect(contradictions).toEqual([
    `it has participants that the request did not name: sam@example.com, ${zoe}`,
    "it has other owners: sam@example.com",
  ]);
  const { contradictions: ofMessage } = message.compare(
    intent({ message: "x" }),
    { id: "X", created: 0, sameText: true, listed: { body: "x", user: { id: sam } } },
    [],
    { tokenUser: null, people: emails },
  );
  expect(ofMessage).toEqual(["sam@example.com sent it, and the token has no user"]);
});

it("takes a creator whom the service put in for no stranger", () => {
  expect(
    compared(recoverRoom, { subject: "Lobby", userIds: [sam] }, {}, [
      { ...room, description: "" },
      people(me, sam),
    ]),
  ).toMatchObject({
    exact: true,
    contradictions: [],
  });
});

it.each<readonly [string, string, string]>([
  ["a no-break space as a blank", "Team\u00a0red", "Team red"],
  ["a variation selector left out", "Team \u2764\ufe0f red", "Team \u2764 red"],
  ["blanks folded", "Team  red ", "Team red"],
  ["an entity", "Red & blue", "Red &amp; blue"],
  ["a text cut", "x".repeat(300), "x".repeat(255)],
  ["an emoji alone", "\u2764\ufe0f", "\u2764"],
])("does not overlook what is stored with another text: %s", (_what, wanted, stored) => {
  const room = { jid: "J1", subject: stored, dateCreated: minutesFrom(0) };
  const body = { subject: wanted, userIds: [me] };
  const { list } = recoverRoom.candidates(
    intent(body),
    [found({ entities: [{ room }] })],
    tokenUser,
    nothingKnown,
  );
  expect(list).toMatchObject([{ id: "J1", sameText: false }]);
  expect(compared(recoverRoom, body, room, [{ ...room, owners: [{ id: me }] }, people(me)])).toMatchObject({
    alike: true,
    exact: false,
    contradictions: ["its subject differs"],
  });
  const entities = [{ id: "m1", body: stored, dateCreated: minutesFrom(0), user: { id: me } }];
  const history = found({ entities });
  expect(
    message.candidates(intent({ message: wanted }), [history], tokenUser, nothingKnown).list,
  ).toMatchObject([{ id: "m1", sameText: false }]);
  expect(compared(message, { message: wanted }, entities[0] ?? {})).toMatchObject({
    contradictions: ["its text differs"],
  });
});

it("reads rooms that a listing shows in part, and takes the name of the chat for a subject", () => {
  const entities = [
    { name: "Lobby", room: { id: "J1", jid: "J1" } },
    { name: "Desk", room: { id: "J2", jid: "J2" } },
    { room: { id: "J3", jid: "J3" } },
  ];
  const body = { subject: "Lobby", userIds: [me] };
  const { list } = recoverRoom.candidates(intent(body), [found({ entities })], tokenUser, nothingKnown);
  expect(list).toMatchObject([
    { id: "J1", created: Number.NaN, sameText: true },
    { id: "J3", created: Number.NaN, sameText: false },
  ]);
  const details = { subject: "Desk", roomType: "adhoc", dateCreated: at };
  expect(compared(recoverRoom, body, {}, [details, people(me)])).toMatchObject({
    alike: false,
    created: Date.parse(at),
  });
});
