import { describe, expect, it } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import type { OrgChange } from "../../../../src/emulator/index.js";
import { member, start } from "../desk.js";

describe("a dump", () => {
  it("is a seed of the same org", async () => {
    const desk = await start({ now: () => 1_700_000_000_000 });
    const message = await desk.say("Hello", { mentions: [desk.sam] });
    await desk.call("postChatsUserMessages", { params: { userId: desk.sam }, body: { message: "Hi" } });
    await desk.call("putChatsMessageReactions", {
      params: { messageId: message },
      body: { reactions: [":thumbsup:"] },
    });
    await desk.call("postChatsRoomMessagesPins", { body: { pinnedMessageIds: [message] } });
    await desk.call("patchChatsRoomMessage", { params: { messageId: message }, body: { message: "Hello!" } });
    const seed = desk.emulator.dump();
    const again = await start({ seed, now: () => 1_800_000_000_000 });
    expect(again.emulator.dump()).toEqual(seed);
    expect(JSON.parse(JSON.stringify(seed))).toEqual(seed);
    expect(seed.rooms[1]?.messages?.[1]).toMatchObject({ body: "Hello!", reactions: { "👍": [desk.jane] } });
  });
});

describe("ids", () => {
  it("are the same in every run, and differ with another random seed", async () => {
    const create = async (randomSeed?: number) => {
      const desk = await start(randomSeed === undefined ? {} : { randomSeed });
      return (await desk.call("postChatsRooms", { body: { subject: "S" } })).body;
    };
    const first = await create();
    expect(await create()).toEqual(first);
    expect(await create(2)).not.toEqual(first);
  });

  it("have the documented forms", async () => {
    const desk = await start();
    const [user] = desk.emulator.dump().users;
    expect(user?.jabberId).toMatch(/^[0-9a-f]{24}@Example-Org\.orgspan\.com$/);
    expect(desk.groupRoom).toMatch(/^[0-9a-f]{24}@conference\.Example-Org\.orgspan\.com$/);
    expect(desk.room).toMatch(/^adhoc-[0-9a-f-]{36}@conference\.Example-Org\.orgspan\.com$/);
  });
});

describe("a seed", () => {
  it("may be empty", async () => {
    const emulator = await startEmulator({ seed: {} });
    const { settings, users, rooms } = emulator.dump();
    await emulator.close();
    expect([settings.messageRetentionPeriodDays, users, rooms]).toEqual([3650, [], []]);
  });

  it.each([
    [{ groups: [{ name: "G", members: ["a@x.com"] }] }, "Unknown user: a@x.com"],
    [{ rooms: [{ group: "G" }] }, "Unknown group: G"],
    [{ rooms: [{ subject: "S", dateCreated: "yesterday" }] }, "Not a time: yesterday"],
  ])("must name what is there: %j", async (seed, message) => {
    await expect(startEmulator({ seed })).rejects.toThrow(message);
  });
});

describe("a change outside the client", () => {
  it("is visible at once, even where reads lag", async () => {
    const desk = await start({ variants: { lagMs: 1_000_000 } });
    desk.emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    expect((await desk.call("getChatsSettings")).body).toMatchObject({ reactionsEnabled: false });
  });

  it("changes rooms and their participants", async () => {
    const desk = await start();
    const { emulator, room } = desk;
    emulator.change({ change: "room", room, set: { subject: "S", owners: ["sam@example.com"] } });
    emulator.change({ change: "join", room, user: "kim@example.com" });
    emulator.change({ change: "leave", room, user: "sam@example.com" });
    expect(await desk.readRoom()).toMatchObject({ subject: "S", owners: [{ id: desk.sam }] });
    expect(await desk.participants()).toEqual([desk.jane, emulator.userId("zoe@example.com"), desk.kim]);
    emulator.change({ change: "room", room, set: { participants: ["kim@example.com"] } });
    expect(await desk.participants()).toEqual([desk.kim]);
    emulator.change({ change: "remove-room", room });
    expect((await desk.call("getChatsRoom")).status).toBe(404);
    const jid = emulator.change({ change: "add-room", room: { subject: "New", participants: [desk.jane] } });
    expect((await desk.call("getChatsRoom", { params: { roomJid: jid as string } })).status).toBe(200);
  });

  it("changes messages", async () => {
    const desk = await start();
    const { emulator, room } = desk;
    const message = emulator.change({
      change: "add-message",
      room,
      message: { from: desk.sam, body: "A" },
    }) as string;
    emulator.change({ change: "edit-message", message, body: "B" });
    emulator.change({ change: "react", message, user: desk.sam, reactions: ["🎉"] });
    emulator.change({ change: "room", room, set: { pins: [message] } });
    const read = await desk.call("getChatsMessage", { params: { messageId: message } });
    expect(read.body).toMatchObject({ body: "B", edited: true, reactions: [{ emoji: "🎉" }] });
    emulator.change({ change: "delete-message", message });
    expect((await desk.call("getChatsMessage", { params: { messageId: message } })).status).toBe(404);
    expect(await desk.readRoom()).toMatchObject({ pinnedMessages: [] });
    emulator.change({
      change: "add-one-on-one-message",
      users: [desk.sam, desk.jane],
      message: { from: desk.sam, body: "Psst" },
    });
    const chat = await desk.call("getChatsUserMessages", { params: { userId: desk.sam } });
    expect(member(chat.body, "entities")).toMatchObject([{ body: "Psst" }]);
  });

  it("changes users and groups", async () => {
    const desk = await start();
    const { emulator } = desk;
    const id = emulator.change({ change: "user", set: { email: "new@example.com" } }) as string;
    expect(emulator.userId("NEW@example.com")).toBe(id);
    emulator.change({ change: "user", set: { id, email: "newer@example.com" } });
    expect((await desk.call("getUser", { params: { userId: id } })).body).toMatchObject({
      email: "newer@example.com",
    });
    emulator.change({ change: "user-settings", user: id, set: { muted: true } });
    const group = emulator.change({ change: "group", set: { name: "Support", members: [id] } }) as string;
    const members = await desk.call("getGroupMembers", { params: { groupId: group } });
    expect(members.body).toMatchObject({ total: 1, entities: [{ id }] });
    expect(
      (await desk.call("getChatsRoomParticipants", { params: { roomJid: desk.groupRoom } })).body,
    ).toMatchObject({ participants: [{ user: { id } }] });
    emulator.change({ change: "remove-user", user: id });
    expect((await desk.call("getUser", { params: { userId: id } })).status).toBe(404);
    emulator.change({ change: "user", set: { email: "kim@example.com", state: "deleted" } });
    expect((await desk.call("getUser", { params: { userId: desk.kim } })).status).toBe(404);
  });

  it.each<[OrgChange, string]>([
    [{ change: "join", room: "r", user: "u" }, "Unknown room: r"],
    [{ change: "user-settings", user: "u", set: {} }, "Unknown user: u"],
    [{ change: "delete-message", message: "m" }, "Unknown message: m"],
  ])("must name what is there: %j", async (change, message) => {
    const { emulator } = await start();
    expect(() => emulator.change(change)).toThrow(message);
  });
});

describe("/_emulator", () => {
  it("shows and clears the requests", async () => {
    const desk = await start();
    await desk.call("getChatsRoomMessages", { query: "limit=1&limit=2" });
    await desk.call("patchChatsSettings", { body: { reactionsEnabled: true } });
    const { body } = await desk.send("GET", "/_emulator/requests", { token: "" });
    expect(body).toMatchObject({
      count: 2,
      requests: [
        { number: 1, operation: "getChatsRoomMessages", query: { limit: ["1", "2"] }, status: 200 },
        { number: 2, method: "PATCH", path: "/api/v2/chats/settings", body: { reactionsEnabled: true } },
      ],
    });
    await desk.send("DELETE", "/_emulator/requests");
    expect(desk.emulator.requestCount).toBe(0);
  });

  it("adds and clears faults", async () => {
    const desk = await start();
    await desk.send("POST", "/_emulator/faults", {
      body: { times: 9, action: { type: "status", status: 503 } },
    });
    expect((await desk.call("getChatsSettings")).status).toBe(503);
    await desk.send("DELETE", "/_emulator/faults");
    expect((await desk.call("getChatsSettings")).status).toBe(200);
  });

  it("shows and changes the org", async () => {
    const desk = await start();
    const body = [
      { change: "settings", set: { messageRetentionPeriodDays: 30 } },
      { change: "add-room", room: { subject: "S" } },
    ];
    const changed = await desk.send("POST", "/_emulator/org", { body });
    const [, jid] = member(changed.body, "ids") as string[];
    const { body: org } = await desk.send("GET", "/_emulator/org");
    expect(org).toMatchObject({ settings: { messageRetentionPeriodDays: 30 } });
    expect((member(org, "rooms") as { jid: string }[]).at(-1)?.jid).toBe(jid);
  });

  it("issues and revokes tokens", async () => {
    const desk = await start();
    const body = { user: "sam@example.com", permissions: ["chat:setting:view"], expiresInSeconds: 60 };
    const given = await desk.send("POST", "/_emulator/tokens", { body });
    const token = member(given.body, "access_token") as string;
    expect((await desk.call("getChatsSettings", { token })).status).toBe(200);
    expect((await desk.call("patchChatsSettings", { token, body: {} })).status).toBe(403);
    await desk.send("DELETE", "/_emulator/tokens");
    expect((await desk.call("getChatsSettings", { token })).brief).toBe("401 credentials.expired");
  });

  it.each([
    ["GET", "/_emulator/nothing", undefined, 404],
    ["POST", "/_emulator/org", "{", 400],
    ["POST", "/_emulator/org", "[1]", 400],
    ["POST", "/_emulator/org", '{"change":"dance"}', 400],
    ["POST", "/_emulator/org", '{"change":"join","room":"r","user":"u"}', 400],
    ["POST", "/_emulator/tokens", '{"user":"u"}', 400],
  ])("refuses %s %s %s", async (method, path, body, status) => {
    const desk = await start();
    expect((await desk.send(method, path, { ...(body !== undefined && { body }) })).status).toBe(status);
  });
});

describe("the log", () => {
  it("keeps the newest requests, and counts all", async () => {
    const desk = await start({ logLimit: 2 });
    for (let at = 0; at < 5; at += 1) await desk.call("getChatsSettings");
    expect(desk.emulator.requests.map(({ number }) => number)).toEqual([4, 5]);
    expect(desk.emulator.requestCount).toBe(5);
  });

  it("can be off", async () => {
    const desk = await start({ logLimit: 0 });
    await desk.call("getChatsSettings");
    expect([desk.emulator.requests, desk.emulator.requestCount]).toEqual([[], 1]);
  });
});
