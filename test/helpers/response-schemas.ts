import type { ResponseModel } from "../../src/api/operations/models.js";

const entityRef = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" }, selfUri: { type: "string" } },
} as const;
const entityRefs = { type: "array", items: entityRef } as const;

/**
 * The response bodies of the chat API by model name: the members that chatform relies on. Source: the vendor's OpenAPI description
 * (July 2026). Responses may hold more than is listed.
 */
export const responseSchemas = {
  ChatSettings: {
    type: "object",
    properties: { messageRetentionPeriodDays: { type: "integer" }, reactionsEnabled: { type: "boolean" } },
  },
  ChatUserSettings: { type: "object", properties: { mobile: { type: "object" } } },
  UserSettingsForChat: {
    type: "object",
    properties: {
      muted: { type: "boolean" },
      mentionsOnly: { type: "boolean" },
      notifyOnReactions: { type: "boolean" },
      mobile: { type: "object" },
    },
  },
  CreateRoomResponse: { type: "object", required: ["jid"], properties: { jid: { type: "string" } } },
  Room: {
    type: "object",
    properties: {
      id: { type: "string" },
      name: { type: "string" },
      dateCreated: { type: "string" },
      roomType: { type: "string" },
      description: { type: "string" },
      subject: { type: "string" },
      participantLimit: { type: "integer" },
      owners: entityRefs,
      pinnedMessages: entityRefs,
      jid: { type: "string" },
    },
  },
  RoomParticipantsResponse: {
    type: "object",
    required: ["participants"],
    properties: {
      participants: {
        type: "array",
        items: {
          type: "object",
          properties: { jid: { type: "string" }, user: entityRef },
        },
      },
    },
  },
  RoomParticipant: { type: "object", properties: { participantJid: { type: "string" } } },
  OneOnOne: { type: "object", properties: { pinnedMessages: entityRefs } },
  ChatSendMessageResponse: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
  ChatMessageResponse: {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string" },
      dateCreated: { type: "string" },
      dateModified: { type: "string" },
      toJid: { type: "string" },
      jid: { type: "string" },
      body: { type: "string" },
      mentions: { type: "object" },
      edited: { type: "boolean" },
      thread: entityRef,
      parentThread: entityRef,
      user: entityRef,
      toUser: entityRef,
      reactions: {
        type: "array",
        items: {
          type: "object",
          required: ["emoji", "users"],
          properties: { emoji: { type: "string" }, users: entityRefs },
        },
      },
    },
  },
  /** A listing. A 1on1's history is published as a single message: an object and an array are accepted too. */
  ChatMessageEntityListing: { type: ["object", "array"] },
  UsersSearchResponse: {
    type: "object",
    properties: { results: { type: "array", items: { type: "object" } }, pageCount: { type: "integer" } },
  },
  GroupsSearchResponse: {
    type: "object",
    properties: { results: { type: "array", items: { type: "object" } }, pageCount: { type: "integer" } },
  },
  Organization: { type: "object", properties: { id: { type: "string" }, name: { type: "string" } } },
  AuthzSubject: {
    type: "object",
    properties: {
      grants: {
        type: "array",
        items: {
          type: "object",
          properties: {
            division: entityRef,
            role: { type: "object", properties: { policies: { type: "array", items: { type: "object" } } } },
          },
        },
      },
    },
  },
  TokenInfo: { type: "object", properties: { organization: entityRef } },
  EntityListing: { type: "object", properties: { entities: { type: "array", items: { type: "object" } } } },
  User: {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string" },
      name: { type: "string" },
      email: { type: "string" },
      state: { type: "string" },
    },
  },
  UserList: { type: ["array", "object"], items: { type: "object" } },
} as const satisfies Record<ResponseModel, object>;
