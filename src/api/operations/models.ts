/**
 * The request bodies of the chat API as JSON Schemas, and the types that follow from them: one source for both. The names of the
 * response bodies. Source: the vendor's OpenAPI description (July 2026).
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
  UserChatSettingsPost: {
    type: "object",
    required: ["muted"],
    additionalProperties: false,
    properties: {
      muted: { type: "boolean" },
      mentionsOnly: { type: "boolean" },
      notifyOnReactions: { type: "boolean" },
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

/** The name of a request body. */
export type RequestModel = keyof typeof requestSchemas;

/** The type of a request body. */
export type RequestBody<M extends RequestModel> = FromSchema<(typeof requestSchemas)[M]>;

/** The name of a response body. */
export type ResponseModel =
  | "ChatSettings"
  | "ChatUserSettings"
  | "UserSettingsForChat"
  | "CreateRoomResponse"
  | "Room"
  | "RoomParticipantsResponse"
  | "RoomParticipant"
  | "OneOnOne"
  | "ChatSendMessageResponse"
  | "ChatMessageResponse"
  | "ChatMessageEntityListing"
  | "UsersSearchResponse"
  | "GroupsSearchResponse"
  | "Organization"
  | "TokenInfo"
  | "AuthzSubject"
  | "EntityListing"
  | "User"
  /** An array of users: published for direct reports only. */
  | "UserList";
