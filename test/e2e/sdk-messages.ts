import type platformClient from "purecloud-platform-client-v2";
import { expect } from "vitest";
import { client, forbidden, ids, missing, nobody, without } from "./sdk-world.js";
import type { ChatOperation, Scenario } from "./sdk-world.js";

/** Messages, pins and reactions, in rooms and 1on1s. */
export const messageScenarios = {
  getChatsRoomMessages: {
    succeeds: async ({ chat, room, message }) => {
      expect(await ids(chat.getChatsRoomMessages(room, { limit: "1", excludeMetadata: true }))).toEqual([
        message,
      ]);
    },
    fails: ({ chat, room }) => chat.getChatsRoomMessages(room, { limit: "none" }),
    as: [400, "invalid.value"],
  },
  getChatsRoomMessage: {
    succeeds: async ({ chat, room, message }) => {
      const second = (await chat.postChatsRoomMessages(room, { message: "Second" })).id;
      expect(await ids(chat.getChatsRoomMessage(room, `${message},${second}`))).toEqual([message, second]);
    },
    fails: ({ chat, room, message }) => chat.getChatsRoomMessage(room, `${message},${nobody}`),
    as: missing,
  },
  postChatsRoomMessages: {
    succeeds: async ({ chat, room, sam }) => {
      const { id } = await chat.postChatsRoomMessages(room, { message: "Hello @sam", mentions: [sam] });
      const read = await chat.getChatsMessage(id);
      expect(read).toMatchObject({ id, body: "Hello @sam", toJid: room, mentions: { [sam]: "Sam Young" } });
    },
    fails: ({ chat, room }) => chat.postChatsRoomMessages(room, { message: "Re", threadId: nobody }),
    as: missing,
  },
  patchChatsRoomMessage: {
    succeeds: async ({ chat, room, message }) => {
      await chat.patchChatsRoomMessage(room, message, { message: "Better" });
      expect(await chat.getChatsMessage(message)).toMatchObject({ body: "Better", edited: true });
    },
    fails: ({ chat, room, message, emulator }) => {
      client.setAccessToken(emulator.token({ user: "sam@example.com" }));
      return chat.patchChatsRoomMessage(room, message, { message: "Mine now" });
    },
    as: [403, "not.authorized"],
  },
  deleteChatsRoomMessage: {
    succeeds: async ({ chat, room, message }) => {
      await chat.deleteChatsRoomMessage(room, message);
      expect(await ids(chat.getChatsRoomMessages(room))).not.toContain(message);
    },
    fails: ({ chat, room }) => chat.deleteChatsRoomMessage(room, nobody),
    as: missing,
  },
  postChatsRoomMessagesPins: {
    succeeds: async ({ chat, room, message }) => {
      await chat.postChatsRoomMessagesPins(room, { pinnedMessageIds: [message] });
      const { pinnedMessages } = await chat.getChatsRoom(room);
      expect(pinnedMessages?.map(({ id }) => id)).toEqual([message]);
    },
    fails: ({ chat, room }) => chat.postChatsRoomMessagesPins(room, { pinnedMessageIds: [nobody] }),
    as: missing,
  },
  deleteChatsRoomMessagesPin: {
    succeeds: async ({ chat, room, message }) => {
      await chat.postChatsRoomMessagesPins(room, { pinnedMessageIds: [message] });
      await chat.deleteChatsRoomMessagesPin(room, message);
      expect((await chat.getChatsRoom(room)).pinnedMessages).toEqual([]);
    },
    fails: ({ chat, room, message }) => chat.deleteChatsRoomMessagesPin(room, message),
    as: missing,
  },
  getChatsUser: {
    succeeds: async ({ chat, sam }) => {
      expect(await chat.getChatsUser(sam)).toEqual({ pinnedMessages: [] });
    },
    fails: ({ chat }) => chat.getChatsUser("not-an-id"),
    as: [400, "invalid.value"],
  },
  getChatsUserMessages: {
    succeeds: async ({ chat, sam, direct }) => {
      // The published type is the single message; the emulator's default is a listing.
      const listing = chat.getChatsUserMessages(
        sam,
      ) as Promise<platformClient.Models.ChatMessageEntityListing>;
      expect(await ids(listing)).toEqual([direct]);
    },
    fails: ({ chat }) => chat.getChatsUserMessages(nobody),
    as: missing,
  },
  getChatsUserMessage: {
    succeeds: async ({ chat, sam, direct }) => {
      expect(await ids(chat.getChatsUserMessage(sam, direct))).toEqual([direct]);
    },
    fails: ({ chat, sam, message }) => chat.getChatsUserMessage(sam, message),
    as: missing,
  },
  postChatsUserMessages: {
    succeeds: async ({ chat, sam, jane }) => {
      const { id } = await chat.postChatsUserMessages(sam, { message: "Hi" });
      const read = await chat.getChatsMessage(id);
      expect(read).toMatchObject({ body: "Hi", user: { id: jane }, toUser: { id: sam } });
    },
    fails: ({ chat, sam }) => chat.postChatsUserMessages(sam, { message: "Hi", mentions: [nobody] }),
    as: [400, "invalid.value"],
  },
  patchChatsUserMessage: {
    succeeds: async ({ chat, sam, direct }) => {
      await chat.patchChatsUserMessage(sam, direct, { message: "Better" });
      expect(await chat.getChatsMessage(direct)).toMatchObject({ body: "Better", edited: true });
    },
    fails: ({ chat, sam }) => chat.patchChatsUserMessage(sam, nobody, { message: "Better" }),
    as: missing,
  },
  deleteChatsUserMessage: {
    succeeds: async ({ chat, sam, direct, emulator }) => {
      await chat.deleteChatsUserMessage(sam, direct);
      expect(emulator.dump().oneOnOnes[0]?.messages).toEqual([]);
    },
    fails: ({ chat, zoe, direct }) => chat.deleteChatsUserMessage(zoe, direct),
    as: missing,
  },
  postChatsUserMessagesPins: {
    succeeds: async ({ chat, sam, direct }) => {
      await chat.postChatsUserMessagesPins(sam, { pinnedMessageIds: [direct] });
      const { pinnedMessages } = await chat.getChatsUser(sam);
      expect(pinnedMessages?.map(({ id }) => id)).toEqual([direct]);
    },
    fails: ({ chat, sam }) => chat.postChatsUserMessagesPins(sam, { pinnedMessageIds: [] }),
    as: [400, "bad.request"],
  },
  deleteChatsUserMessagesPin: {
    succeeds: async ({ chat, sam, direct }) => {
      await chat.postChatsUserMessagesPins(sam, { pinnedMessageIds: [direct] });
      await chat.deleteChatsUserMessagesPin(sam, direct);
      expect(await chat.getChatsUser(sam)).toEqual({ pinnedMessages: [] });
    },
    fails: ({ chat, sam, direct }) => chat.deleteChatsUserMessagesPin(sam, direct),
    as: missing,
  },
  getChatsThreadMessages: {
    succeeds: async ({ chat, room, message }) => {
      const { thread } = await chat.getChatsMessage(message);
      const threadId = thread.id ?? "";
      const reply = await chat.postChatsRoomMessages(room, { message: "Re", threadId });
      expect(await ids(chat.getChatsThreadMessages(threadId))).toEqual([reply.id, message]);
    },
    fails: ({ chat }) => chat.getChatsThreadMessages(nobody),
    as: missing,
  },
  getChatsMessage: {
    succeeds: async ({ chat, message, room, jane }) => {
      const read = await chat.getChatsMessage(message);
      expect(read).toMatchObject({
        id: message,
        body: "First",
        toJid: room,
        user: { id: jane },
        edited: false,
      });
    },
    fails: (world) => without(world, () => world.chat.getChatsMessage(world.message)),
    as: forbidden,
  },
  putChatsMessageReactions: {
    succeeds: async ({ chat, message, jane }) => {
      await chat.putChatsMessageReactions(message, { reactions: ["👍"] });
      const { reactions } = await chat.getChatsMessage(message);
      expect(reactions).toMatchObject([{ emoji: "👍", users: [{ id: jane }] }]);
    },
    fails: async ({ chat, message }) => {
      await chat.patchChatsSettings({ reactionsEnabled: false });
      return chat.putChatsMessageReactions(message, { reactions: ["👍"] });
    },
    as: [400, "bad.request"],
  },
} satisfies Partial<Readonly<Record<ChatOperation, Scenario>>>;
