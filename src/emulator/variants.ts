import type { OperationName } from "../api/operations/operations.js";
import type { StatusAndCode } from "./input/refusal.js";

/** What a call answers that asks for what is so already. */
export type NoChangeStatus = 204 | 404 | 409;

/**
 * What nobody outside the vendor knows of the chat API, as switches: a client that is right with each of them, both
 * ways, is right with the real service. The defaults are the likelier answers.
 */
export interface Variants {
  /** Operations that refuse a client-credentials token, since it has no user. */
  readonly needsUser: readonly OperationName[];
  /** How they refuse it. */
  readonly needsUserError: StatusAndCode;
  /** Operations that refuse every token, whatever it may do. */
  readonly refused: readonly OperationName[];
  /** How they refuse it. */
  readonly refusedError: StatusAndCode;
  /** How reactions read: `👍`, `:+1:` or `+1`. All are taken when written. */
  readonly reactionsRead: "unicode" | "shortname" | "name";
  /** Whether PUT reactions replaces the caller's reactions, or adds to them. */
  readonly reactionsPut: "replace" | "add";
  /** Whether PUT reactions is refused while the org's settings have reactions turned off. */
  readonly reactionsOff: "refuse" | "allow";
  /** Whether PUT settings resets members that it omits to their defaults, or keeps them. */
  readonly putSettings: "reset" | "keep";
  /** The same for PATCH of the org's and of a user's settings. */
  readonly patchSettings: "keep" | "reset";
  /** Whether the lists in PATCH room (owners, pins) replace what is there, or are added to it. */
  readonly patchRoomLists: "replace" | "merge";
  /** Whether an empty list in PATCH room clears what is there, or is ignored. */
  readonly emptyLists: "clear" | "ignore";
  /** POST of a participant who is in the room already. */
  readonly addPresentParticipant: NoChangeStatus;
  /** DELETE of a participant who is not in the room. */
  readonly removeAbsentParticipant: NoChangeStatus;
  /** POST of a pin of a message that is pinned already. */
  readonly addPresentPin: NoChangeStatus;
  /** DELETE of a pin of a message that is not pinned. */
  readonly removeAbsentPin: NoChangeStatus;
  /** How a 6th pin is refused. */
  readonly tooManyPins: StatusAndCode;
  /** How a room with more than 25 user ids is refused. */
  readonly tooManyUsers: StatusAndCode;
  /** Whether the creator of a room is in it. */
  readonly creatorJoins: boolean;
  /** Whether the creator of a room owns it. */
  readonly creatorOwns: boolean;
  /** Whether an owner must be, or becomes, a participant. */
  readonly ownersJoin: boolean;
  /** Whether two ad hoc rooms can't have the same subject: 409 request.conflict. */
  readonly uniqueSubjects: boolean;
  /** Longest subject, in UTF-16 code units; 0: no limit. */
  readonly subjectLimit: number;
  /** Longest description; 0: no limit. */
  readonly descriptionLimit: number;
  /** Longest message; 0: no limit. */
  readonly messageLimit: number;
  /** How many messages a history answers with when it was not told. */
  readonly historyDefault: number;
  /** How many at most. */
  readonly historyMax: number;
  /** What a higher `limit` does. */
  readonly historyOverMax: "clamp" | "refuse";
  /** What `before` and `after` hold: a message's id, its time (ISO 8601 or milliseconds), or any of them. */
  readonly historyCursor: "id" | "timestamp" | "either";
  /** Order of the messages in a history. */
  readonly historyOrder: "newest-first" | "oldest-first";
  /** Milliseconds until a read shows a write. */
  readonly lagMs: number;
  /** Reads of a thing until one shows a write to it. */
  readonly lagReads: number;
  /** A batch read of messages of which one is not there. */
  readonly missingInBatch: "404" | "omit";
  /** What reads and pins of a 1on1 answer before its first message: nothing in it, or 404 not.found. */
  readonly absentOneOnOne: 200 | 404;
  /** Whether a jid in a path finds its room in any spelling, or only in the room's own. */
  readonly jidCase: "exact" | "any";
  /** The shape of a 1on1's history. `single`: the newest message only, which is what the published type says. */
  readonly oneOnOneHistory: "listing" | "single" | "array";
  /** Whether a reply is in the thread that it replies to, or has a thread of its own and names that one as its parent. */
  readonly replies: "same-thread" | "parent-thread";
  /** Whether texts are kept as they are, trimmed, or given other line ends or another form of the same characters. */
  readonly texts: "keep" | "trim" | "crlf" | "decompose";
  /** Whether objects in answers have members that nobody documented. */
  readonly extraMembers: boolean;
  /** Whether an empty list of search results is an empty list, or is left out. */
  readonly emptyResults: "empty" | "omit";
  /** Criteria in a search, at most: 400 too.many.search.criteria. */
  readonly searchMaxCriteria: number;
  /** Values in a criterion, at most: 400 search.criteria.values.exceed.limit. */
  readonly searchMaxValues: number;
  /** Whether users may edit and delete other users' messages: 403 not.authorized. */
  readonly othersMessages: "refuse" | "allow";
  /** Seconds in which a message can be edited; 0: always. Then 409 request.conflict. */
  readonly editSeconds: number;
  /** Whether a user who is not in a room may read and write in it: 403 not.authorized. */
  readonly outsiders: "allow" | "refuse";
  /** Whether an owner can be taken out of a room: 403 forbidden. */
  readonly removeOwner: "allow" | "refuse";
  /** How many chats a page of GET /users/chats/me holds. */
  readonly chatsPage: number;
}

export const defaultVariants: Variants = {
  needsUser: [
    "getChatsUsersMeSettings",
    "patchChatsUsersMeSettings",
    "getChatsUser",
    "getChatsUserMessages",
    "getChatsUserMessage",
    "postChatsUserMessages",
    "patchChatsUserMessage",
    "deleteChatsUserMessage",
    "postChatsUserMessagesPins",
    "deleteChatsUserMessagesPin",
    "postChatsRoomMessages",
    "patchChatsRoomMessage",
    "putChatsMessageReactions",
    "getUsersChatsMe",
  ],
  needsUserError: "400 not.a.user",
  refused: [],
  refusedError: "403 not.authorized",
  reactionsRead: "unicode",
  reactionsPut: "replace",
  reactionsOff: "refuse",
  putSettings: "reset",
  patchSettings: "keep",
  patchRoomLists: "replace",
  emptyLists: "clear",
  addPresentParticipant: 204,
  removeAbsentParticipant: 404,
  addPresentPin: 204,
  removeAbsentPin: 404,
  tooManyPins: "400 bad.request",
  tooManyUsers: "400 constraint.validation",
  creatorJoins: true,
  creatorOwns: true,
  ownersJoin: false,
  uniqueSubjects: false,
  subjectLimit: 0,
  descriptionLimit: 0,
  messageLimit: 0,
  historyDefault: 100,
  historyMax: 500,
  historyOverMax: "clamp",
  historyCursor: "either",
  historyOrder: "newest-first",
  lagMs: 0,
  lagReads: 0,
  missingInBatch: "404",
  absentOneOnOne: 200,
  jidCase: "exact",
  oneOnOneHistory: "listing",
  replies: "same-thread",
  texts: "keep",
  extraMembers: false,
  emptyResults: "empty",
  searchMaxCriteria: 50,
  searchMaxValues: 100,
  othersMessages: "refuse",
  editSeconds: 0,
  outsiders: "allow",
  removeOwner: "allow",
  chatsPage: 100,
};
