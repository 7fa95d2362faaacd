import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json/json.js";
import type { Variants } from "../../../src/emulator/index.js";
import { getIds, member, start } from "./desk.js";
import type { Desk } from "./desk.js";

/** A desk with variants; the clock stands still where `now` is not given. */
async function desk(variants: Partial<Variants>, now = () => 1_700_000_000_000): Promise<Desk> {
  return start({ variants, now });
}

describe("needsUser", () => {
  it("selects the operations that refuse client credentials, and needsUserError their error", async () => {
    const some = await desk({ needsUser: ["getChatsSettings"], needsUserError: "403 not.authorized" });
    const token = some.emulator.token();
    expect((await some.call("getChatsSettings", { token })).brief).toBe("403 not.authorized");
    const sent = await some.call("postChatsRoomMessages", { token, body: { message: "From a client" } });
    expect(sent.brief).toBe("200");
    const read = await some.call("getChatsMessage", {
      params: { messageId: member(sent.body, "id") as string },
    });
    expect(member(read.body, "user")).toBeUndefined();
    expect((await some.call("getChatsUsersMeSettings", { token })).brief).toBe("200");
  });
});

describe("refused", () => {
  it("selects the operations that refuse every token, and refusedError their error", async () => {
    const some = await desk({ refused: ["getOrganizationsMe"] });
    expect((await some.call("getOrganizationsMe")).brief).toBe("403 not.authorized");
    const token = some.emulator.token();
    expect((await some.call("getOrganizationsMe", { token })).brief).toBe("403 not.authorized");
    expect((await some.call("getTokensMe", { token })).brief).toBe("200");
    const other = await desk({ refused: ["getTokensMe"], refusedError: "404 not.found" });
    expect((await other.call("getTokensMe")).brief).toBe("404 not.found");
  });
});

describe("reactions", () => {
  it.each([
    ["unicode", "👍"],
    ["shortname", ":+1:"],
    ["name", "+1"],
  ] as const)("read as %s", async (reactionsRead, emoji) => {
    const some = await desk({ reactionsRead });
    const messageId = await some.say("Hi");
    for (const written of ["👍", ":thumbsup:", "+1"]) {
      await some.call("putChatsMessageReactions", { params: { messageId }, body: { reactions: [written] } });
      const { body } = await some.call("getChatsMessage", { params: { messageId } });
      expect(member(body, "reactions")).toMatchObject([{ emoji, users: [{ id: some.jane }] }]);
    }
  });

  it.each([
    ["replace", ["🎉"]],
    ["add", ["👍", "🎉"]],
  ] as const)("are written with %s", async (reactionsPut, wanted) => {
    const some = await desk({ reactionsPut });
    const messageId = await some.say("Hi");
    for (const emoji of ["👍", "🎉"]) {
      await some.call("putChatsMessageReactions", { params: { messageId }, body: { reactions: [emoji] } });
    }
    const { body } = await some.call("getChatsMessage", { params: { messageId } });
    expect((member(body, "reactions") as { emoji: string }[]).map(({ emoji }) => emoji)).toEqual(wanted);
  });

  it.each([
    ["refuse", 400],
    ["allow", 204],
  ] as const)("while they are turned off: %s", async (reactionsOff, wanted) => {
    const some = await desk({ reactionsOff });
    const messageId = await some.say("Hi");
    await some.call("patchChatsSettings", { body: { reactionsEnabled: false } });
    const put = { params: { messageId }, body: { reactions: ["👍"] } };
    expect((await some.call("putChatsMessageReactions", put)).status).toBe(wanted);
  });

  it("of others are kept", async () => {
    const some = await desk({});
    const messageId = await some.say("Hi");
    const put = (reactions: string[], user: string) =>
      some.call("putChatsMessageReactions", {
        params: { messageId },
        body: { reactions },
        token: some.emulator.token({ user }),
      });
    await put(["👍"], "sam@example.com");
    await put(["👍"], "kim@example.com");
    await put([], "kim@example.com");
    const { body } = await some.call("getChatsMessage", { params: { messageId } });
    expect(member(body, "reactions")).toMatchObject([{ emoji: "👍", users: [{ id: some.sam }] }]);
  });
});

describe("settings", () => {
  const before = { messageRetentionPeriodDays: 30, reactionsEnabled: false };
  it.each([
    ["putChatsSettings", "putSettings", "reset", 3650],
    ["putChatsSettings", "putSettings", "keep", 30],
    ["patchChatsSettings", "patchSettings", "reset", 3650],
    ["patchChatsSettings", "patchSettings", "keep", 30],
  ] as const)("%s with %s %s", async (name, variant, mode, days) => {
    const some = await desk({ [variant]: mode });
    some.emulator.change({ change: "settings", set: before });
    const { body } = await some.call(name, { body: { reactionsEnabled: true } });
    expect(body).toEqual({ messageRetentionPeriodDays: days, reactionsEnabled: true });
    expect((await some.call("getChatsSettings")).body).toEqual(body);
  });

  it.each([
    ["reset", false],
    ["keep", true],
  ] as const)("of a user with patchSettings %s", async (patchSettings, muted) => {
    const some = await desk({ patchSettings });
    some.emulator.change({ change: "user-settings", user: some.jane, set: { muted: true } });
    const body = { mobile: { notifications: { when: "Always" } } };
    expect((await some.call("patchChatsUsersMeSettings", { body })).body).toMatchObject({ ...body, muted });
    // What an admin's PATCH can't name, it never resets.
    some.emulator.change({ change: "user-settings", user: some.jane, set: { muted: true } });
    await some.call("patchChatsUserSettings", { params: { userId: some.jane }, body });
    expect((await some.call("getChatsUsersMeSettings")).body).toMatchObject({ muted: true });
  });
});

describe("a reset of own settings", () => {
  it.each([
    [204, "204", "204"],
    [404, "204", "404 not.found"],
    [405, "405 method.not.allowed", "405 method.not.allowed"],
  ] as const)("with resetOwnSettings %s", async (resetOwnSettings, first, second) => {
    const some = await desk({ resetOwnSettings });
    const before = (await some.call("getChatsUsersMeSettings")).body;
    await some.call("postChatsUsersMeSettings", { body: { muted: true } });
    expect((await some.call("deleteChatsUsersMeSettings")).brief).toBe(first);
    if (first === "204") expect((await some.call("getChatsUsersMeSettings")).body).toEqual(before);
    expect((await some.call("deleteChatsUsersMeSettings")).brief).toBe(second);
  });

  it.each([
    [200, "200"],
    [404, "404 not.found"],
  ] as const)("with defaultOwnSettings %s", async (defaultOwnSettings, brief) => {
    const some = await desk({ defaultOwnSettings });
    expect((await some.call("getChatsUsersMeSettings")).brief).toBe(brief);
    await some.call("postChatsUsersMeSettings", { body: { muted: true } });
    expect((await some.call("getChatsUsersMeSettings")).brief).toBe("200");
  });
});

describe("read lag", () => {
  it("in reads", async () => {
    const some = await desk({ lagReads: 1 });
    await some.call("patchChatsRoom", { body: { subject: "S" } });
    const subjects = [await some.readRoom(), await some.readRoom()].map(({ subject }) => subject);
    expect(subjects).toEqual(["Front desk", "S"]);
  });

  it("in milliseconds: rooms, participants, messages and pins", async () => {
    let now = 1_700_000_000_000;
    const some = await desk({ lagMs: 100 }, () => now);
    const { body } = await some.call("postChatsRooms", { body: { subject: "S" } });
    const params = { roomJid: member(body, "jid") as string };
    const id = await some.say("Hi");
    await some.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [id] } });
    await some.call("postChatsRoomParticipant", { params: { userId: some.kim } });
    const look = async () => [
      (await some.call("getChatsRoom", { params })).status,
      (await some.history()).includes(id),
      (await some.participants()).includes(some.kim),
      (await some.readRoom())["pinnedMessages"],
    ];
    expect(await look()).toEqual([404, false, false, []]);
    now += 100;
    expect(await look()).toMatchObject([200, true, true, [{ id }]]);
  });
});

describe("batches of messages", () => {
  it.each([
    ["404", "404 not.found"],
    ["omit", "200"],
  ] as const)("with one missing message: %s", async (missingInBatch, brief) => {
    const some = await desk({ missingInBatch });
    const here = await some.say("A");
    const gone = await some.say("B");
    await some.call("deleteChatsRoomMessage", { params: { messageId: gone } });
    const reply = await some.call("getChatsRoomMessage", { params: { messageIds: `${gone},${here}` } });
    expect(reply.brief).toBe(brief);
    if (brief === "200") expect(getIds(reply.body)).toEqual([here]);
  });
});

describe("a 1on1's history", () => {
  it.each(["listing", "array", "single"] as const)("as %s", async (oneOnOneHistory) => {
    const some = await desk({ oneOnOneHistory });
    const params = { userId: some.sam };
    await some.call("postChatsUserMessages", { params, body: { message: "A" } });
    await some.call("postChatsUserMessages", { params, body: { message: "B" } });
    const { body } = await some.call("getChatsUserMessages", { params });
    const both = [{ body: "B" }, { body: "A" }];
    const wanted = { listing: { entities: both }, array: both, single: { body: "B" } };
    expect(body).toMatchObject(wanted[oneOnOneHistory]);
  });
});

describe("replies", () => {
  it.each(["same-thread", "parent-thread"] as const)("in the %s", async (replies) => {
    const some = await desk({ replies });
    const root = await some.say("A");
    const read = async (messageId: string) =>
      (await some.call("getChatsMessage", { params: { messageId } })).body;
    const threadId = member(member(await read(root), "thread"), "id") as string;
    const reply = await read(await some.say("B", { threadId }));
    expect(member(member(reply, "thread"), "id") === threadId).toBe(replies === "same-thread");
    expect(member(member(reply, "parentThread"), "id") === threadId).toBe(replies === "parent-thread");
    const thread = await some.call("getChatsThreadMessages", { params: { threadId } });
    expect(getIds(thread.body)).toHaveLength(2);
  });
});

describe("responses", () => {
  it("contain undocumented members when enabled", async () => {
    const some = await desk({ extraMembers: true });
    const room = await some.readRoom();
    expect(room).toHaveProperty("xUndocumented");
    expect(member((room["owners"] as Json[])[0], "xUndocumented")).toBeDefined();
    expect(await (await desk({})).readRoom()).not.toHaveProperty("xUndocumented");
  });

  it.each([
    ["empty", []],
    ["omit", undefined],
  ] as const)("of a search without results: %s", async (emptyResults, results) => {
    const some = await desk({ emptyResults });
    const body = { query: [{ type: "EXACT", fields: ["email"], value: "no@x.com" }] };
    const reply = await some.call("postUsersSearch", { body });
    expect([reply.status, member(reply.body, "results")]).toEqual([200, results]);
  });
});

describe("tokens that may", () => {
  it.each([
    ["refuse", "403 not.authorized"],
    ["allow", "200"],
  ] as const)("change messages of others: %s", async (othersMessages, brief) => {
    const some = await desk({ othersMessages });
    const params = { messageId: await some.say("A") };
    const token = some.emulator.token({ user: some.sam });
    expect((await some.call("patchChatsRoomMessage", { params, token, body: { message: "B" } })).brief).toBe(
      brief,
    );
  });

  it.each([
    ["refuse", "403 not.authorized"],
    ["allow", "200"],
  ] as const)("read rooms of others: %s", async (outsiders, brief) => {
    const some = await desk({ outsiders });
    const token = some.emulator.token({ user: some.kim });
    expect((await some.call("getChatsRoom", { token })).brief).toBe(brief);
    expect((await some.call("getChatsRoom")).brief).toBe("200");
  });

  it.each([
    ["refuse", "403 forbidden"],
    ["allow", "204"],
  ] as const)("remove an owner: %s", async (removeOwner, brief) => {
    const some = await desk({ removeOwner });
    expect((await some.call("deleteChatsRoomParticipant", { params: { userId: some.jane } })).brief).toBe(
      brief,
    );
  });

  it("edit a message, for a limited time", async () => {
    let now = 1_700_000_000_000;
    const some = await desk({ editSeconds: 60 }, () => now);
    const params = { messageId: await some.say("A") };
    const edit = async () =>
      (await some.call("patchChatsRoomMessage", { params, body: { message: "B" } })).brief;
    now += 60_000;
    expect(await edit()).toBe("200");
    now += 1;
    expect(await edit()).toBe("409 request.conflict");
  });
});

it("pages the chats of a user", async () => {
  const some = await desk({ chatsPage: 2 });
  for (const subject of ["A", "B", "C"]) await some.call("postChatsRooms", { body: { subject } });
  await some.call("postChatsUserMessages", { params: { userId: some.sam }, body: { message: "Hi" } });
  const seen: string[] = [];
  let next: Json | undefined = "/api/v2/users/chats/me?includeRoomOwners=true";
  let pages = 0;
  while (typeof next === "string") {
    const { body } = await some.send("GET", next);
    seen.push(...getIds(body));
    next = member(body, "nextUri");
    pages += 1;
  }
  expect([pages, seen.length, new Set(seen).size]).toEqual([3, 5, 5]);
  expect((await some.call("getUsersChatsMe", { query: "excludeClosed=maybe" })).brief).toBe(
    "400 invalid.value",
  );
});
