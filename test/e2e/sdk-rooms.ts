import type platformClient from "purecloud-platform-client-v2";
import { expect } from "vitest";
import { client, forbidden, missing, nobody, nowhere, getSubject, without } from "./sdk-world.js";
import type { ChatOperation, Scenario } from "./sdk-world.js";

/** Settings, rooms and participants. */
export const roomScenarios = {
  getChatsSettings: {
    succeeds: async ({ chat }) => {
      expect(await chat.getChatsSettings()).toEqual({
        messageRetentionPeriodDays: 3650,
        reactionsEnabled: true,
      });
    },
    fails: (world) => without(world, () => world.chat.getChatsSettings()),
    as: forbidden,
  },
  putChatsSettings: {
    succeeds: async ({ chat }) => {
      const wanted = { messageRetentionPeriodDays: 90, reactionsEnabled: false };
      expect(await chat.putChatsSettings(wanted)).toEqual(wanted);
      expect(await chat.getChatsSettings()).toEqual(wanted);
    },
    fails: ({ chat }) => chat.putChatsSettings({ messageRetentionPeriodDays: 9 }),
    as: [400, "constraint.validation"],
  },
  patchChatsSettings: {
    succeeds: async ({ chat }) => {
      expect(await chat.patchChatsSettings({ reactionsEnabled: false })).toEqual({
        messageRetentionPeriodDays: 3650,
        reactionsEnabled: false,
      });
    },
    fails: ({ chat }) => chat.patchChatsSettings({ messageRetentionPeriodDays: 3651 }),
    as: [400, "constraint.validation"],
  },
  getChatsUserSettings: {
    succeeds: async ({ chat, sam }) => {
      const settings = await chat.getChatsUserSettings(sam);
      expect(settings).toEqual({ mobile: { notifications: { when: "OnlyWhenInactive" } } });
    },
    fails: ({ chat }) => chat.getChatsUserSettings(nobody),
    as: missing,
  },
  patchChatsUserSettings: {
    succeeds: async ({ chat, sam }) => {
      const wanted = { mobile: { notifications: { when: "Always" } } };
      expect(await chat.patchChatsUserSettings(sam, wanted)).toEqual(wanted);
      expect(await chat.getChatsUserSettings(sam)).toEqual(wanted);
    },
    fails: ({ chat, sam }) =>
      chat.patchChatsUserSettings(sam, { mobile: { notifications: { when: "Sometimes" } } }),
    as: [400, "invalid.value"],
  },
  getChatsUsersMeSettings: {
    succeeds: async ({ chat }) => {
      expect(await chat.getChatsUsersMeSettings()).toMatchObject({ muted: false, mentionsOnly: false });
    },
    fails: ({ chat, emulator }) => {
      client.setAccessToken(emulator.token());
      return chat.getChatsUsersMeSettings();
    },
    as: [400, "not.a.user"],
  },
  patchChatsUsersMeSettings: {
    succeeds: async ({ chat }) => {
      const mobile = { notifications: { when: "Always" } };
      await chat.patchChatsUsersMeSettings({ mentionsOnly: true, mobile });
      expect(await chat.getChatsUsersMeSettings()).toMatchObject({
        muted: false,
        mentionsOnly: true,
        mobile,
      });
    },
    fails: ({ chat }) =>
      chat.patchChatsUsersMeSettings({ muted: true } as platformClient.Models.UserSettingsForChat),
    as: [400, "constraint.validation"],
  },
  postChatsUsersMeSettings: {
    succeeds: async ({ chat }) => {
      await chat.postChatsUsersMeSettings({ muted: true, notifyOnReactions: false });
      expect(await chat.getChatsUsersMeSettings()).toMatchObject({ muted: true, notifyOnReactions: false });
    },
    fails: ({ chat }) =>
      chat.postChatsUsersMeSettings({ mentionsOnly: true } as platformClient.Models.UserChatSettingsPost),
    as: [400, "constraint.validation"],
  },
  deleteChatsUsersMeSettings: {
    succeeds: async ({ chat }) => {
      const before = await chat.getChatsUsersMeSettings();
      await chat.postChatsUsersMeSettings({ muted: true, mentionsOnly: true });
      await chat.deleteChatsUsersMeSettings();
      expect(await chat.getChatsUsersMeSettings()).toEqual(before);
    },
    fails: ({ chat, emulator }) => {
      client.setAccessToken(emulator.token());
      return chat.deleteChatsUsersMeSettings();
    },
    as: [400, "not.a.user"],
  },
  postChatsRooms: {
    succeeds: async ({ chat, sam }) => {
      const { jid } = await chat.postChatsRooms({ subject: "New", description: "A room", userIds: [sam] });
      expect(await chat.getChatsRoom(jid)).toMatchObject({ id: jid, subject: "New", roomType: "adhoc" });
    },
    fails: ({ chat, sam }) => chat.postChatsRooms({ subject: "New", userIds: Array<string>(26).fill(sam) }),
    as: [400, "constraint.validation"],
  },
  getChatsRoom: {
    succeeds: async ({ chat, room, jane }) => {
      const read = await chat.getChatsRoom(room);
      expect(read).toMatchObject({ jid: room, subject: "Front desk", participantLimit: 1000 });
      expect(read.owners?.map(({ id }) => id)).toEqual([jane]);
    },
    fails: ({ chat }) => chat.getChatsRoom(nowhere),
    as: missing,
  },
  patchChatsRoom: {
    succeeds: async (world) => {
      await world.chat.patchChatsRoom(world.room, { subject: "Back desk" });
      expect(await getSubject(world)).toBe("Back desk");
    },
    fails: ({ chat, room }) => chat.patchChatsRoom(room, { ownerIds: [nobody] }),
    as: missing,
  },
  getChatsRoomParticipants: {
    succeeds: async ({ chat, room, jane, sam, zoe }) => {
      const { participants } = await chat.getChatsRoomParticipants(room, { notify: true });
      expect(participants?.map(({ user }) => user?.id)).toEqual([jane, sam, zoe]);
    },
    fails: ({ chat }) => chat.getChatsRoomParticipants(nowhere),
    as: missing,
  },
  getChatsRoomParticipant: {
    succeeds: async ({ chat, room }) => {
      const { participants = [] } = await chat.getChatsRoomParticipants(room);
      const jid = participants[0]?.jid ?? "";
      expect(await chat.getChatsRoomParticipant(room, jid)).toEqual({ participantJid: jid });
    },
    fails: ({ chat, room }) =>
      chat.getChatsRoomParticipant(room, `${"0".repeat(24)}@Example-Org.orgspan.com`),
    as: missing,
  },
  postChatsRoomParticipant: {
    succeeds: async ({ chat, room, emulator }) => {
      const kim = emulator.userId("kim@example.com");
      await chat.postChatsRoomParticipant(room, kim);
      expect(emulator.room(room)?.participants).toContain(kim);
    },
    fails: ({ chat, groupRoom, zoe }) => chat.postChatsRoomParticipant(groupRoom, zoe),
    as: [400, "bad.request"],
  },
  deleteChatsRoomParticipant: {
    succeeds: async ({ chat, room, sam, emulator }) => {
      await chat.deleteChatsRoomParticipant(room, sam);
      expect(emulator.room(room)?.participants).not.toContain(sam);
    },
    fails: ({ chat, room, emulator }) =>
      chat.deleteChatsRoomParticipant(room, emulator.userId("kim@example.com")),
    as: missing,
  },
} satisfies Partial<Readonly<Record<ChatOperation, Scenario>>>;
