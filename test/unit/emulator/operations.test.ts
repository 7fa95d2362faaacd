import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json/json.js";
import { getIds, member, start } from "./desk.js";

const absent = "00000000-0000-4000-8000-00000000dead";

describe("rooms", () => {
  it("are created with all requested values", async () => {
    const desk = await start();
    const body = { subject: "S", description: "D", userIds: [desk.sam, desk.kim, desk.sam] };
    const created = await desk.call("postChatsRooms", { body });
    const jid = member(created.body, "jid") as string;
    const read = await desk.call("getChatsRoom", { params: { roomJid: jid } });
    expect(read.body).toMatchObject({
      id: jid,
      jid,
      name: "S",
      subject: "S",
      description: "D",
      roomType: "adhoc",
    });
    expect(desk.emulator.room(jid)?.participants).toEqual([desk.jane, desk.sam, desk.kim]);
  });

  it.each<[string, Json]>([
    ["404 not.found", { subject: "S", userIds: [absent] }],
    ["400 invalid.value", { subject: " " }],
    ["400 constraint.validation", { description: "D" }],
    ["400 bad.request", { subject: 1 }],
  ])("are not created: %s for %j", async (brief, body) => {
    const desk = await start();
    const before = desk.emulator.dump();
    expect((await desk.call("postChatsRooms", { body })).brief).toBe(brief);
    expect(desk.emulator.dump()).toEqual(before);
  });

  it("change only the given values", async () => {
    const desk = await start();
    expect((await desk.call("patchChatsRoom", { body: {} })).brief).toBe("204");
    await desk.call("patchChatsRoom", { body: { description: "D" } });
    expect(await desk.readRoom()).toMatchObject({
      subject: "Front desk",
      description: "D",
      owners: [{ id: desk.jane }],
    });
  });

  it("change nothing when a part of the change is refused", async () => {
    const desk = await start();
    const reply = await desk.call("patchChatsRoom", { body: { subject: "S", pinnedMessageIds: [absent] } });
    expect(reply.brief).toBe("404 not.found");
    expect(await desk.readRoom()).toMatchObject({ subject: "Front desk" });
  });

  it("of groups have the group's name and members, and accept neither others nor owners", async () => {
    const desk = await start();
    const params = { roomJid: desk.groupRoom };
    const room = (await desk.call("getChatsRoom", { params })).body;
    expect(room).toMatchObject({ roomType: "group", name: "Support", jid: desk.groupRoom });
    expect(member(room, "id")).toMatch(/^[0-9a-f]{8}-/);
    const read = await desk.call("getChatsRoomParticipants", { params });
    expect(member(read.body, "participants")).toHaveLength(5);
    for (const body of [{ subject: "S" }, { ownerIds: [desk.sam] }]) {
      expect((await desk.call("patchChatsRoom", { params, body })).brief).toBe("400 bad.request");
    }
    expect((await desk.call("patchChatsRoom", { params, body: { description: "D" } })).brief).toBe("204");
    const user = { ...params, userId: desk.sam };
    expect((await desk.call("postChatsRoomParticipant", { params: user })).brief).toBe("400 bad.request");
    expect((await desk.call("deleteChatsRoomParticipant", { params: user })).brief).toBe("400 bad.request");
  });

  it("hold 1000 participants", async () => {
    const users = Array.from({ length: 1001 }, (_, at) => ({ email: `u${at}@example.com` }));
    const participants = users.slice(0, 1000).map(({ email }) => email);
    const people = [
      { email: "jane.doe@example.com" },
      { email: "sam@example.com" },
      { email: "kim@example.com" },
    ];
    const desk = await start({
      seed: { users: [...people, ...users], rooms: [{ subject: "A" }, { subject: "B", participants }] },
    });
    const params = { userId: desk.emulator.userId("u1000@example.com") };
    expect((await desk.call("postChatsRoomParticipant", { params })).brief).toBe("409 request.conflict");
    await desk.call("deleteChatsRoomParticipant", {
      params: { userId: desk.emulator.userId("u5@example.com") },
    });
    expect((await desk.call("postChatsRoomParticipant", { params })).brief).toBe("204");
  });

  it("refuse a user who does not exist", async () => {
    const desk = await start();
    const params = { userId: absent };
    expect((await desk.call("postChatsRoomParticipant", { params })).brief).toBe("404 not.found");
    expect((await desk.call("deleteChatsRoomParticipant", { params })).brief).toBe("404 not.found");
  });
});

describe("messages", () => {
  it("show their sender, text, chat and time", async () => {
    const desk = await start({ now: () => Date.parse("2026-01-02T03:04:05.678Z") });
    const id = await desk.say("Hi @kim", { mentions: [desk.kim, desk.kim] });
    const { body } = await desk.call("getChatsMessage", { params: { messageId: id } });
    expect(body).toMatchObject({
      ...{ id, body: "Hi @kim", dateCreated: "2026-01-02T03:04:05.678Z", edited: false },
      ...{ toJid: desk.room, user: { id: desk.jane }, mentions: { [desk.kim]: "Kim Larsen" }, reactions: [] },
    });
    expect(member(body, "dateModified")).toBeUndefined();
  });

  it("lose their pin when they are deleted", async () => {
    const desk = await start();
    const id = await desk.say("A");
    await desk.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [id] } });
    expect((await desk.call("deleteChatsRoomMessage", { params: { messageId: id } })).brief).toBe("204");
    expect(await desk.readRoom()).toMatchObject({ pinnedMessages: [] });
    expect((await desk.call("deleteChatsRoomMessage", { params: { messageId: id } })).brief).toBe(
      "404 not.found",
    );
  });

  it("keep their mentions after an edit without mentions", async () => {
    const desk = await start();
    const params = { messageId: await desk.say("A", { mentions: [desk.kim] }) };
    await desk.call("patchChatsRoomMessage", { params, body: { message: "B" } });
    const kept = (await desk.call("getChatsMessage", { params })).body;
    expect(member(kept, "mentions")).toEqual({ [desk.kim]: "Kim Larsen" });
    await desk.call("patchChatsRoomMessage", { params, body: { message: "C", mentions: [] } });
    expect(member((await desk.call("getChatsMessage", { params })).body, "mentions")).toEqual({});
  });

  it("of a 1on1 are the same for both users, and separate from those of another 1on1", async () => {
    const desk = await start();
    const sent = await desk.call("postChatsUserMessages", {
      params: { userId: desk.sam },
      body: { message: "Hi" },
    });
    const id = member(sent.body, "id") as string;
    const token = desk.emulator.token({ user: desk.sam });
    const other = await desk.call("getChatsUserMessages", { params: { userId: desk.jane }, token });
    expect(getIds(other.body)).toEqual([id]);
    const kims = await desk.call("getChatsUserMessages", { params: { userId: desk.kim } });
    expect(getIds(kims.body)).toEqual([]);
    const wrong = { userId: desk.kim, messageId: id };
    expect((await desk.call("deleteChatsUserMessage", { params: wrong })).brief).toBe("404 not.found");
  });

  it.each([
    ["an empty text", { message: "" }, "400 invalid.value"],
    ["a mention of nobody", { message: "A", mentions: [absent] }, "400 invalid.value"],
    ["an unknown thread", { message: "A", threadId: absent }, "404 not.found"],
    ["no text", {}, "400 constraint.validation"],
  ])("are refused with %s", async (_what, body, brief) => {
    const desk = await start();
    expect((await desk.call("postChatsRoomMessages", { body })).brief).toBe(brief);
    expect(await desk.history()).toHaveLength(1);
  });

  it.each(["x,y", "", `${absent},`])("cannot be read by %j", async (list) => {
    const desk = await start();
    const path = `/api/v2/chats/rooms/${encodeURIComponent(desk.room)}/messages/${list}`;
    expect((await desk.send("GET", path)).status).toBe(list === "" ? 404 : 400);
  });
});

describe("pins", () => {
  it("are added to existing pins, and removed one by one", async () => {
    const desk = await start();
    const [a, b] = [await desk.say("A"), await desk.say("B")];
    await desk.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [a] } });
    await desk.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [b] } });
    expect(desk.emulator.room(desk.room)?.pins).toEqual([a, b]);
    await desk.call("deleteChatsRoomMessagesPin", { params: { pinnedMessageId: a } });
    expect(desk.emulator.room(desk.room)?.pins).toEqual([b]);
  });

  it("must belong to the same chat", async () => {
    const desk = await start();
    const params = { userId: desk.sam };
    const body = { pinnedMessageIds: [await desk.say("A")] };
    expect((await desk.call("postChatsUserMessagesPins", { params, body })).brief).toBe("404 not.found");
    const none = await desk.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [] } });
    expect(none.brief).toBe("400 bad.request");
  });
});

describe("users", () => {
  it("are read by ids, repeated or with commas, without unknown users", async () => {
    const desk = await start();
    for (const query of [
      `id=${desk.kim}&id=${desk.sam}&id=${absent}`,
      `id=${desk.kim},${desk.sam},${absent}`,
      `id=${desk.kim}%2C${desk.sam}`,
    ]) {
      expect(getIds((await desk.call("getUsers", { query })).body)).toEqual([desk.kim, desk.sam]);
    }
  });

  it("are read 100 at a time", async () => {
    const desk = await start();
    const ids = (count: number) =>
      Array.from({ length: count }, (_, at) => `${absent.slice(0, -3)}${at + 100}`);
    const brief = async (count: number) =>
      (await desk.call("getUsers", { query: `id=${ids(count).join(",")}` })).brief;
    expect([await brief(100), await brief(101)]).toEqual(["200", "400 max.user.ids"]);
    expect((await desk.call("getUsers", { query: "id=jane" })).brief).toBe("400 invalid.value");
  });

  it("are listed in pages", async () => {
    const desk = await start();
    const { body } = await desk.call("getUsers", { query: "pageSize=3&pageNumber=3" });
    expect(body).toMatchObject({ total: 8, pageCount: 3, pageSize: 3, pageNumber: 3 });
    expect(getIds(body)).toHaveLength(2);
    expect((await desk.call("getUsers", { query: "pageSize=101" })).brief).toBe("400 constraint.validation");
    expect((await desk.call("getUsers", { query: "pageNumber=0" })).brief).toBe("400 invalid.value");
  });

  it("are found in pages", async () => {
    const desk = await start();
    const values = ["sam@example.com", "kim@example.com", "zoe@example.com"];
    const body = { pageSize: 2, pageNumber: 2, query: [{ type: "EXACT", fields: ["email"], values }] };
    const found = await desk.call("postUsersSearch", { body });
    expect(found.body).toMatchObject({ total: 3, pageCount: 2, results: [{ email: "zoe@example.com" }] });
  });

  it("are not found beyond the limits of a search", async () => {
    const desk = await start({ variants: { searchMaxCriteria: 1, searchMaxValues: 1 } });
    const one = { type: "EXACT", fields: ["email"], values: ["a@x.com"] };
    const search = async (...query: Json[]) =>
      (await desk.call("postUsersSearch", { body: { query } })).brief;
    expect(await search(one)).toBe("200");
    expect(await search(one, one)).toBe("400 too.many.search.criteria");
    expect(await search({ ...one, values: ["a", "b"] })).toBe("400 search.criteria.values.exceed.limit");
  });

  it("of a group are listed in pages", async () => {
    const desk = await start();
    const body = { query: [{ type: "EXACT", fields: ["name"], value: "support" }] };
    const found = await desk.call("postGroupsSearch", { body });
    const [group] = member(found.body, "results") as { id: string }[];
    const params = { groupId: group?.id ?? "" };
    const page = await desk.call("getGroupMembers", { params, query: "pageSize=2&pageNumber=3" });
    expect(page.body).toMatchObject({ total: 5, pageCount: 3, entities: [{ email: "lee@example.com" }] });
  });
});
