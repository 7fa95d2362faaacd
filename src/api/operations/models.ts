/**
 * The bodies of the chat API as JSON Schemas, and the types that follow from them: one source for both.
 * Source: the vendor's OpenAPI description (July 2026). Answers may hold more than is listed; requests may not.
 */
import type { FromSchema } from "json-schema-to-ts";

const when = { type: "string", enum: ["Always", "OnlyWhenInactive"] } as const;
const mobile = {
  type: "object",
  required: ["notifications"],
  additionalProperties: false,
  properties: {
    notifications: {
      type: "object",
      required: ["when"],
      additionalProperties: false,
      properties: { when },
    },
  },
} as const;
const strings = { type: "array", items: { type: "string" } } as const;
const entityRef = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" }, selfUri: { type: "string" } },
} as const;
const entityRefs = { type: "array", items: entityRef } as const;

/** Request bodies by model name. */
export const requestSchemas = {
  ChatSettings: {
    type: "object",
    additionalProperties: false,
    properties: {
      messageRetentionPeriodDays: { type: "integer", minimum: 10, maximum: 3650 },
      reactionsEnabled: { type: "boolean" },
    },
  },
  ChatUserSettings: {
    type: "object",
    required: ["mobile"],
    additionalProperties: false,
    properties: { mobile },
  },
  UserSettingsForChat: {
    type: "object",
    required: ["mobile"],
    additionalProperties: false,
    properties: {
      muted: { type: "boolean" },
      mentionsOnly: { type: "boolean" },
      notifyOnReactions: { type: "boolean" },
      mobile,
    },
  },
  CreateRoomRequest: {
    type: "object",
    required: ["subject"],
    additionalProperties: false,
    properties: {
      subject: { type: "string" },
      description: { type: "string" },
      userIds: { type: "array", items: { type: "string" }, maxItems: 25 },
    },
  },
  RoomUpdateRequest: {
    type: "object",
    additionalProperties: false,
    properties: {
      subject: { type: "string" },
      description: { type: "string" },
      pinnedMessageIds: strings,
      ownerIds: strings,
    },
  },
  SendMessageBody: {
    type: "object",
    required: ["message"],
    additionalProperties: false,
    properties: { message: { type: "string" }, mentions: strings, threadId: { type: "string" } },
  },
  ChatReactionUpdate: {
    type: "object",
    required: ["reactions"],
    additionalProperties: false,
    properties: { reactions: strings },
  },
  PinnedMessageRequest: {
    type: "object",
    required: ["pinnedMessageIds"],
    additionalProperties: false,
    properties: { pinnedMessageIds: strings },
  },
  UserSearchRequest: {
    type: "object",
    required: ["query"],
    properties: {
      pageSize: { type: "integer", minimum: 1 },
      pageNumber: { type: "integer", minimum: 1 },
      query: { type: "array", items: { type: "object" } },
    },
  },
  GroupSearchRequest: {
    type: "object",
    required: ["query"],
    properties: {
      pageSize: { type: "integer", minimum: 1 },
      pageNumber: { type: "integer", minimum: 1 },
      query: { type: "array", items: { type: "object" } },
    },
  },
} as const;

/** Answer bodies by model name: the members that chatform relies on. */
export const answerSchemas = {
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
} as const;

export type RequestModel = keyof typeof requestSchemas;
export type AnswerModel = keyof typeof answerSchemas;

/** The type of a request body. */
export type RequestBody<M extends RequestModel> = FromSchema<(typeof requestSchemas)[M]>;
