/**
 * A requirement of an observation: the token's user, the probe's own room, another user of the org, who is only named in reads
 * and in a request that changes nothing, or a slow probe with over a hundred messages and a wait of a minute.
 */
export type Need = "user" | "room" | "another-user" | "slow";

/** An undocumented behavior of the service that requests can show. */
interface Unknown {
  /** One sentence about the behavior; with `values` true and false, the sentence that is true or false. */
  readonly meaning: string;
  /**
   * The possible values. `milliseconds`: an upper bound. `status`: the status of a success, or status and error code of a
   * refusal: `204`, `409 request.conflict`. `operations`: those that succeed. `count`: a whole number from 1.
   */
  readonly values:
    readonly boolean[] | readonly string[] | "milliseconds" | "status" | "operations" | "count";
  /** The operations that show the value. */
  readonly calls: readonly string[];
  readonly needs: readonly Need[];
  /** For a behavior that a probe does not observe: a clause that names what records it. */
  readonly recorded?: string;
}

/** The reads that a token can make about itself and its org. */
const identityReads = [
  "getUsersMe",
  "getTokensMe",
  "getOrganizationsMe",
  "getAuthorizationSubjectsMe",
  "getChatsUsersMeSettings",
  "getUsersChatsMe",
] as const;

/** The number of messages that show the limits of a history: one more than the highest limit that is observed exactly. */
export const manyMessages = 101;

/** The undocumented behaviors that can be observed without harm, in the order of the probe. */
export const unknowns = {
  userTokenReads: {
    meaning: "The reads about itself and its org that a user's token may make",
    values: "operations",
    calls: identityReads,
    needs: ["user"],
  },
  clientTokenReads: {
    meaning: "The reads about itself and its org that a client-credentials token may make",
    values: "operations",
    calls: identityReads,
    needs: [],
  },
  needsUserError: {
    meaning: "The refusal of a client-credentials token where an operation needs a user",
    values: "status",
    calls: ["getChatsUsersMeSettings"],
    needs: [],
  },
  searchCase: {
    meaning: "Whether EXACT searches for users are case-sensitive",
    values: ["any", "exact"],
    calls: ["postUsersSearch"],
    needs: ["user"],
  },
  emptyResults: {
    meaning: "The response to a search that finds no user: an empty list, no list, or a 404",
    values: ["empty", "omit", "404"],
    calls: ["postUsersSearch"],
    needs: [],
  },
  unknownIds: {
    meaning: "Whether GET /users leaves out an unknown id or returns 404",
    values: ["omit", "404"],
    calls: ["getUsers"],
    needs: [],
  },
  absentOneOnOne: {
    meaning: "Whether a 1:1 chat without any message returns 200 or 404",
    values: ["200", "404"],
    calls: ["getUsersChatsMe", "getUsers", "getChatsUser"],
    needs: ["user", "another-user"],
  },
  ownSettingsResponse: {
    meaning: "Whether the response to PATCH of own settings holds all settings as later read",
    values: ["whole", "partial"],
    calls: ["getChatsUsersMeSettings", "patchChatsUsersMeSettings"],
    needs: ["user"],
  },
  userSettingsResponse: {
    meaning: "Whether the response to PATCH of a user's settings holds the settings as later read",
    values: ["whole", "partial"],
    calls: ["patchChatsUserSettings", "getChatsUserSettings"],
    needs: [],
    recorded: "an apply records it when it reads a user's settings back and they differ from the response",
  },
  clientRateLimit: {
    meaning: "The requests that all tokens of an OAuth client may make in a minute together",
    values: "count",
    calls: [],
    needs: [],
    recorded: "an apply records it when the service tells the limit, as in the refusal of a request",
  },
  readLagMs: {
    meaning: "The time within which a read shows a write",
    values: "milliseconds",
    calls: ["getChatsRoom", "getChatsRoomMessage", "getChatsRoomMessages"],
    needs: ["user", "room"],
  },
  creatorOwns: {
    meaning: "The creator of a room becomes an owner",
    values: [true, false],
    calls: ["postChatsRooms", "getChatsRoom"],
    needs: ["user", "room"],
  },
  creatorJoins: {
    meaning: "The creator of a room becomes a participant",
    values: [true, false],
    calls: ["postChatsRooms", "getChatsRoomParticipants"],
    needs: ["user", "room"],
  },
  creatorFindsRoom: {
    meaning: "The creator finds a new room among the chats of the token's user",
    values: [true, false],
    calls: ["postChatsRooms", "getUsersChatsMe"],
    needs: ["user", "room"],
  },
  participantFindsRoom: {
    meaning: "A participant finds a room without messages among the chats of the token's user",
    values: [true, false],
    calls: ["postChatsRooms", "postChatsRoomParticipant", "getUsersChatsMe"],
    needs: ["user", "room"],
  },
  listLagMs: {
    meaning: "The time within which the chats of the token's user show a new room",
    values: "milliseconds",
    calls: ["postChatsRooms", "postChatsRoomParticipant", "getUsersChatsMe"],
    needs: ["user", "room"],
  },
  jidCase: {
    meaning: "Whether jids in paths are case-sensitive",
    values: ["exact", "any"],
    calls: ["getChatsRoom"],
    needs: ["user", "room"],
  },
  addPresentParticipant: {
    meaning: "The response to POST of a participant who is in the room already",
    values: "status",
    calls: ["postChatsRoomParticipant"],
    needs: ["user", "room"],
  },
  removeAbsentParticipant: {
    meaning: "The response to DELETE of a participant who is not in the room",
    values: "status",
    calls: ["deleteChatsRoomParticipant"],
    needs: ["user", "room", "another-user"],
  },
  texts: {
    meaning: "Whether the service stores texts unchanged, trimmed, with CRLF line ends, or decomposed",
    values: ["keep", "trim", "crlf", "decompose", "other"],
    calls: ["postChatsRoomMessages", "getChatsRoomMessage"],
    needs: ["user", "room"],
  },
  replies: {
    meaning: "Whether a reply is in the same thread, or has a thread of its own with a parent",
    values: ["same-thread", "parent-thread"],
    calls: ["postChatsRoomMessages", "getChatsRoomMessage"],
    needs: ["user", "room"],
  },
  historyOrder: {
    meaning: "The order of messages in a history",
    values: ["newest-first", "oldest-first"],
    calls: ["getChatsRoomMessages"],
    needs: ["user", "room"],
  },
  historyWindow: {
    meaning: "Whether a history with a limit shows the newest or the oldest messages",
    values: ["newest", "oldest"],
    calls: ["getChatsRoomMessages"],
    needs: ["user", "room"],
  },
  historyCursor: {
    meaning: "What before and after hold in a history: a message's id, its time, or either of them",
    values: ["id", "timestamp", "either", "neither"],
    calls: ["getChatsRoomMessages"],
    needs: ["user", "room"],
  },
  historyOverMax: {
    meaning: "Whether the service lowers or refuses a limit of 100,000 messages",
    values: ["clamp", "refuse"],
    calls: ["getChatsRoomMessages"],
    needs: ["user", "room"],
  },
  historyMax: {
    meaning: `The highest limit of a history, or ${manyMessages} if the service shows all ${manyMessages} messages of the probe`,
    values: "count",
    calls: ["postChatsRoomMessages", "getChatsRoomMessages"],
    needs: ["user", "room", "slow"],
  },
  historyDefault: {
    meaning: `The number of messages in a history without a limit, or ${manyMessages} if the service shows all ${manyMessages} messages of the probe`,
    values: "count",
    calls: ["postChatsRoomMessages", "getChatsRoomMessages"],
    needs: ["user", "room", "slow"],
  },
  reactionsRead: {
    meaning: "How reactions are returned: as Unicode, as :name: or as a bare name",
    values: ["unicode", "shortname", "name"],
    calls: ["putChatsMessageReactions", "getChatsRoomMessage"],
    needs: ["user", "room"],
  },
  reactionsPut: {
    meaning: "Whether PUT of reactions replaces the caller's reactions or adds to them",
    values: ["replace", "add"],
    calls: ["putChatsMessageReactions", "getChatsRoomMessage"],
    needs: ["user", "room"],
  },
  addPresentPin: {
    meaning: "The response to POST of a pin that exists already",
    values: "status",
    calls: ["postChatsRoomMessagesPins"],
    needs: ["user", "room"],
  },
  removeAbsentPin: {
    meaning: "The response to DELETE of a pin that does not exist",
    values: "status",
    calls: ["deleteChatsRoomMessagesPin"],
    needs: ["user", "room"],
  },
  pinsInPatch: {
    meaning: "Whether the pins in PATCH of a room replace the room's pins or are added to them",
    values: ["replace", "merge"],
    calls: ["patchChatsRoom", "getChatsRoom"],
    needs: ["user", "room"],
  },
  emptyPinsInPatch: {
    meaning: "Whether an empty list of pins in PATCH of a room clears the room's pins or is ignored",
    values: ["clear", "ignore"],
    calls: ["patchChatsRoom", "getChatsRoom"],
    needs: ["user", "room"],
  },
  tooManyPins: {
    meaning: "The response to a 6th pin",
    values: "status",
    calls: ["postChatsRoomMessagesPins"],
    needs: ["user", "room"],
  },
  missingInBatch: {
    meaning: "Whether a read of several messages returns 404 or leaves out one that does not exist",
    values: ["404", "omit"],
    calls: ["deleteChatsRoomMessage", "getChatsRoomMessage"],
    needs: ["user", "room"],
  },
  editOldMessage: {
    meaning: "The response to PATCH of a message that is over a minute old",
    values: "status",
    calls: ["patchChatsRoomMessage"],
    needs: ["user", "room", "slow"],
  },
} as const satisfies Readonly<Record<string, Unknown>>;

export type BehaviorKey = keyof typeof unknowns;

/** The type of the values of a behavior. */
export type BehaviorValue<K extends BehaviorKey> = (typeof unknowns)[K]["values"] extends infer V
  ? V extends readonly (infer One)[]
    ? One
    : V extends "milliseconds"
      ? number
      : V extends "count"
        ? number
        : V extends "status"
          ? string
          : readonly string[]
  : never;

/** The keys of all behaviors, in the order of the probe. */
export const behaviorKeys = Object.keys(unknowns) as readonly BehaviorKey[];

/** Returns the keys of the behaviors with a requirement. */
export function keysThatNeed(need: Need): readonly BehaviorKey[] {
  return behaviorKeys.filter((key) => (unknowns[key].needs as readonly Need[]).includes(need));
}

/** The behaviors that a probe does not observe, each with a clause that names what records it. */
export const unprobed: readonly (readonly [key: BehaviorKey, recorded: string])[] = behaviorKeys.flatMap(
  (key) => {
    const { recorded }: Unknown = unknowns[key];
    return recorded === undefined ? [] : [[key, recorded] as const];
  },
);

/** Behaviors that a probe does not ask about, each with the reason: a clause that follows "because". */
export const unasked: readonly (readonly [question: string, because: string])[] = [
  ["Whether PUT and PATCH of settings reset omitted fields", "settings of the org or of a user would change"],
  ["Whether owners in PATCH of a room replace the owners", "a second person would have to own the room"],
  ["Whether subjects must be unique", "a second room would have to be created"],
  ["The error of a 26th user of a new room", "a service without the limit would create the room"],
  ["How departed users are removed from a room", "they would have to be in the room"],
  ["The longest texts and searches", "many requests would be needed to find each limit"],
];
