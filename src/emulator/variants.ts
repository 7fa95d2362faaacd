import type { OperationName } from "../api/operations/operations.js";
import type { StatusAndCode } from "./input/refusal.js";

/** The status of a response when there is nothing to change. */
export type NoChangeStatus = 204 | 404 | 409;

/**
 * Switches for the undocumented behaviour of the chat API: a client that works with every value of every switch works with the
 * real service. The defaults are the likelier behaviour.
 */
export interface Variants {
  /** Operations that refuse a client-credentials token, since it has no user. */
  readonly needsUser: readonly OperationName[];
  /** The error of that refusal. */
  readonly needsUserError: StatusAndCode;
  /** Operations that refuse every token, whatever its permissions. */
  readonly refused: readonly OperationName[];
  /** The error of that refusal. */
  readonly refusedError: StatusAndCode;
  /** The form of reactions in reads: `👍`, `:+1:` or `+1`. Writes accept all of them. */
  readonly reactionsRead: "unicode" | "shortname" | "name";
  /** PUT reactions replaces the caller's reactions, or adds to them. */
  readonly reactionsPut: "replace" | "add";
  /** PUT reactions is refused or allowed while the org's settings have reactions turned off. */
  readonly reactionsOff: "refuse" | "allow";
  /** PUT settings resets omitted members to their defaults, or keeps them. */
  readonly putSettings: "reset" | "keep";
  /** The same for PATCH of the org's and of a user's settings. */
  readonly patchSettings: "keep" | "reset";
  /**
   * The response to PUT and PATCH of settings: all members as stored, those of the request, all as they were before, an empty object, or
   * 204. `echo`: as `whole`, but nothing is stored.
   */
  readonly settingsResponse: "whole" | "sent" | "old" | "empty" | "none" | "echo";
  /** DELETE of own settings resets them; with 404 it is refused where they are the defaults already, with 405 always. */
  readonly resetOwnSettings: 204 | 404 | 405;
  /** The status of a read of own settings that are the defaults. */
  readonly defaultOwnSettings: 200 | 404;
  /** Lists in PATCH room (owners, pins) replace the present ones, or are added to them. */
  readonly patchRoomLists: "replace" | "merge";
  /** An empty list in PATCH room clears the present list, or is ignored. */
  readonly emptyLists: "clear" | "ignore";
  /** POST of a participant who is already in the room. */
  readonly addPresentParticipant: NoChangeStatus;
  /** DELETE of a participant who is not in the room. */
  readonly removeAbsentParticipant: NoChangeStatus;
  /** POST of a pin of a message that is already pinned. */
  readonly addPresentPin: NoChangeStatus;
  /** DELETE of a pin of a message that is not pinned. */
  readonly removeAbsentPin: NoChangeStatus;
  /** The error for a sixth pin. */
  readonly tooManyPins: StatusAndCode;
  /** The error for a room with more than 25 user ids. */
  readonly tooManyUsers: StatusAndCode;
  /** The creator of a room becomes a participant. */
  readonly creatorJoins: boolean;
  /** The creator of a room becomes an owner. */
  readonly creatorOwns: boolean;
  /** An owner becomes a participant. */
  readonly ownersJoin: boolean;
  /** Two ad hoc rooms can't have the same subject: 409 request.conflict. */
  readonly uniqueSubjects: boolean;
  /** Longest subject, in UTF-16 code units; 0: no limit. */
  readonly subjectLimit: number;
  /** Longest description; 0: no limit. */
  readonly descriptionLimit: number;
  /** Longest message; 0: no limit. */
  readonly messageLimit: number;
  /** The number of messages in a history without `limit`. */
  readonly historyDefault: number;
  /** The highest `limit`. */
  readonly historyMax: number;
  /** A higher `limit` is lowered or refused. */
  readonly historyOverMax: "clamp" | "refuse";
  /** The values of `before` and `after`: a message's id, its time (ISO 8601 or milliseconds), or either. */
  readonly historyCursor: "id" | "timestamp" | "either";
  /** The messages in a history without cursors that has more of them than the limit. */
  readonly historyWindow: "newest" | "oldest";
  /** Order of the messages in a history. */
  readonly historyOrder: "newest-first" | "oldest-first";
  /** Milliseconds until a read shows a write. */
  readonly lagMs: number;
  /** The number of reads of an entity that still show the value before a write. */
  readonly lagReads: number;
  /** A batch read of messages of which one does not exist: 404, or the message is omitted. */
  readonly missingInBatch: "404" | "omit";
  /** A read of messages by id in a room finds those of the room only, or those of every room. */
  readonly messagesById: "own" | "any";
  /** The status of reads and pins of a 1on1 before its first message: 200 without messages, or 404 not.found. */
  readonly absentOneOnOne: 200 | 404;
  /** A jid in a path finds its room in exactly the room's spelling, or in any case of letters. */
  readonly jidCase: "exact" | "any";
  /** The shape of a 1on1's history. `single`: the newest message only, as in the published type. */
  readonly oneOnOneHistory: "listing" | "single" | "array";
  /** A reply is in the thread that it replies to, or has a thread of its own with that one as its parent. */
  readonly replies: "same-thread" | "parent-thread";
  /** Texts are stored unchanged, trimmed, with other line ends, or in another Unicode form. */
  readonly texts: "keep" | "trim" | "crlf" | "decompose";
  /** Objects in responses have undocumented members. */
  readonly extraMembers: boolean;
  /** An empty list of search results is present, or left out, or a search for users is refused with 404 resource.not.found. */
  readonly emptyResults: "empty" | "omit" | "404";
  /** The most criteria in a search, above which: 400 too.many.search.criteria. */
  readonly searchMaxCriteria: number;
  /** The most values in a criterion, above which: 400 search.criteria.values.exceed.limit. */
  readonly searchMaxValues: number;
  /** Edits and deletes of other users' messages are refused (403 not.authorized) or allowed. */
  readonly othersMessages: "refuse" | "allow";
  /** Seconds in which a message can be edited; 0: always. Then 409 request.conflict. */
  readonly editSeconds: number;
  /** Reads and writes by a user who is not in the room are allowed or refused (403 not.authorized). */
  readonly outsiders: "allow" | "refuse";
  /** The removal of an owner from a room is allowed or refused (403 forbidden). */
  readonly removeOwner: "allow" | "refuse";
  /** Rooms in GET /users/chats/me: with their details, or with the jid as the id of the chat only. */
  readonly chatRooms: "details" | "jid";
  /** GET /users/chats/me lists rooms without messages, or omits them. */
  readonly roomsWithoutMessages: "list" | "omit";
  /** The number of chats on a page of GET /users/chats/me. */
  readonly chatsPage: number;
  /** Chat operations treat inactive users as active, or as departed like deleted ones. */
  readonly inactiveInChat: "active" | "departed";
  /** POST of a departed user as a participant. */
  readonly addDepartedParticipant: 404 | 400 | 409;
  /** DELETE of a departed participant; 403 has the code forbidden. */
  readonly removeDepartedParticipant: 204 | 404 | 403 | 400 | 409;
  /** PATCH of the owners that only leaves out departed ones; 403 has the code forbidden. */
  readonly removeDepartedOwner: 204 | 404 | 403 | 400 | 409;
  /** After a DELETE with 204, the roster of a room no longer shows a departed participant, or still does. */
  readonly departedInRoster: "removed" | "kept";
  /** A departed user in the body: users and owners of a room, mentions of a message. */
  readonly departedInBody: 404 | 400 | 409;
  /** Reads and changes of the chat settings of a departed user. */
  readonly departedSettings: 404 | 200;
  /** Members of groups, teams, queues and skill groups, and direct reports, who are inactive are listed or omitted. */
  readonly inactiveMembers: "list" | "omit";
  /** The same for deleted ones. */
  readonly deletedMembers: "omit" | "list";
  /** Pages and totals of members count those who are listed only, or also those who are omitted. */
  readonly totals: "listed" | "all";
  /** The members of a queue nest whole users, or their ids and names only. */
  readonly queueMembers: "users" | "references";
  /** Pages with numbers name the next page, where there is one. */
  readonly nextUris: boolean;
  /** The matches of `name` in listings of teams, queues and skill groups. `documented`: the beginning of a name for teams and skill groups; a name for queues, with asterisks for anything at its ends. */
  readonly nameFilter: "documented" | "exact" | "prefix";
  /** That match ignores case, or minds it. */
  readonly nameCase: "any" | "exact";
  /** The users that a search without a criterion for `state` finds. */
  readonly searchStates: "not-deleted" | "active" | "any";
  /** A search ignores case, or minds it. */
  readonly searchCase: "any" | "exact";
  /** The most ids in GET /users, above which: 400 max.user.ids. */
  readonly maxIds: number;
  /** GET /users with an id that it does not find: the user is omitted, or 404 general.resource.not.found. */
  readonly unknownIds: "omit" | "404";
  /** GET /users with state=any lists all users, or active ones only. */
  readonly stateAny: "any" | "active";
  /** GET /users/{id} of an inactive user. */
  readonly readInactive: 200 | 404;
  /** Users have a state in all responses, or in none. */
  readonly userStates: "shown" | "hidden";
  /** GET /authorization/subjects/me shows grants without a limit, with a condition, or in one division. */
  readonly grantLimit: "none" | "condition" | "division";
}

export const defaultVariants: Variants = {
  needsUser: [
    "getChatsUsersMeSettings",
    "patchChatsUsersMeSettings",
    "postChatsUsersMeSettings",
    "deleteChatsUsersMeSettings",
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
  settingsResponse: "whole",
  resetOwnSettings: 204,
  defaultOwnSettings: 200,
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
  historyWindow: "newest",
  historyOrder: "newest-first",
  lagMs: 0,
  lagReads: 0,
  missingInBatch: "404",
  messagesById: "own",
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
  chatRooms: "details",
  roomsWithoutMessages: "list",
  chatsPage: 100,
  inactiveInChat: "active",
  addDepartedParticipant: 404,
  removeDepartedParticipant: 204,
  removeDepartedOwner: 204,
  departedInRoster: "removed",
  departedInBody: 404,
  departedSettings: 404,
  inactiveMembers: "list",
  deletedMembers: "omit",
  totals: "listed",
  queueMembers: "users",
  nextUris: true,
  nameFilter: "documented",
  nameCase: "any",
  searchStates: "not-deleted",
  searchCase: "any",
  maxIds: 100,
  unknownIds: "omit",
  stateAny: "any",
  readInactive: 200,
  userStates: "shown",
  grantLimit: "none",
};
