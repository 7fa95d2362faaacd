import type { Emulator } from "../../src/emulator/index.js";
import type { OperationName } from "../../src/api/operations/operations.js";

/** The number of calls by operation. An operation without an entry is not called. */
export type Counts = Partial<Record<OperationName, number>>;

/** A document without its version. */
export type Document = Readonly<Record<string, unknown>>;

/** A change, and the fewest requests that it takes. */
export interface Row {
  readonly what: string;
  /** Why fewer won't do. */
  readonly why: string;
  /** Applied before, uncounted. */
  readonly given?: Document;
  /** Done by hand before the plan. */
  readonly meanwhile?: (emulator: Emulator) => void;
  readonly wanted: Document;
  /** Further words of the command line, of plan and apply alike. */
  readonly args?: readonly string[];
  readonly plan: Counts;
  readonly writes: Counts;
  readonly verify: Counts;
  /** The name of the change in docs/performance.md. Missing: not listed. */
  readonly change?: string;
  /** The further reads of the apply of a saved plan, most of which find out if the plan is stale. Missing: none. */
  readonly saved?: Counts;
}

const jane = "jane.doe@example.com";
const phone = (when: string): Document => ({ mobile: { notifications: { when } } });
const lobby = (rest: Document = {}): Document => ({ rooms: { lobby: { subject: "Lobby", ...rest } } });
const sam = (rest: Document): Document => ({ users: { "sam@example.com": rest } });
const message = (body: string, rest: Document = {}): Document => ({ body, ...rest });
const search = { postUsersSearch: 1 };
const room = { getChatsRoom: 1 };
/** The states of live participants whom nobody declares. */
const states = { getUsers: 1 };
const people = { getChatsRoomParticipants: 1 };
const messages = { getChatsRoomMessage: 1 };
const me = { getUsersMe: 1 };

/** The one room of that subject. */
export function findJid(emulator: Emulator, subject: string): string {
  return emulator.dump().rooms.find((one) => one.subject === subject)?.jid ?? "";
}

const everybody = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `p${at}@example.com`);
const addEverybody =
  (count: number) =>
  (emulator: Emulator): void => {
    for (const email of everybody(count)) emulator.change({ change: "user", set: { email } });
  };

export const rows: readonly Row[] = [
  {
    what: "settings: one changes",
    change: "Org settings",
    saved: { getChatsSettings: 1 },
    why: "one read, one PATCH, one look",
    wanted: { settings: { reactionsEnabled: false } },
    plan: { getChatsSettings: 1 },
    writes: { patchChatsSettings: 1 },
    verify: { getChatsSettings: 1 },
  },
  {
    what: "settings: both change",
    why: "one PUT sets both",
    meanwhile: (emulator) => emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } }),
    wanted: { settings: { messageRetentionPeriodDays: 365, reactionsEnabled: false } },
    plan: { getChatsSettings: 1 },
    writes: { putChatsSettings: 1 },
    verify: { getChatsSettings: 1 },
  },
  {
    what: "settings: nothing to do",
    why: "that nothing is to be done shows only in a read",
    given: { settings: { messageRetentionPeriodDays: 3650 } },
    wanted: { settings: { messageRetentionPeriodDays: 3650 } },
    plan: { getChatsSettings: 1 },
    writes: {},
    verify: {},
  },
  {
    what: "settings: drift",
    why: "as any other change",
    given: { settings: { messageRetentionPeriodDays: 3650 } },
    meanwhile: (emulator) => emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 90 } }),
    wanted: { settings: { messageRetentionPeriodDays: 3650 } },
    plan: { getChatsSettings: 1 },
    writes: { patchChatsSettings: 1 },
    verify: { getChatsSettings: 1 },
  },
  {
    what: "settings: leave",
    why: "they stay as they are: nothing has to be known",
    given: { settings: { messageRetentionPeriodDays: 3650 } },
    wanted: {},
    plan: {},
    writes: {},
    verify: {},
  },
  {
    what: "own settings: change",
    change: "Own settings",
    saved: { getChatsUsersMeSettings: 1 },
    why: "one read, one PATCH, one look; who is acting doesn't matter",
    wanted: { me: { settings: { muted: true, ...phone("OnlyWhenInactive") } } },
    plan: { getChatsUsersMeSettings: 1 },
    writes: { patchChatsUsersMeSettings: 1 },
    verify: { getChatsUsersMeSettings: 1 },
  },
  {
    what: "own settings: leave",
    why: "they stay as they are",
    given: { me: { settings: { muted: true } } },
    wanted: {},
    plan: {},
    writes: {},
    verify: {},
  },
  {
    what: "user settings: of three users by e-mail",
    change: "Settings of three users, by e-mail",
    saved: { getChatsUserSettings: 3 },
    why: "all e-mails go into one search; each user's settings are a read; the responses confirm them, and two are read back",
    wanted: {
      users: Object.fromEntries(
        ["sam", "ana", "bo"].map((name) => [`${name}@example.com`, { settings: phone("Always") }]),
      ),
    },
    plan: { ...search, getChatsUserSettings: 3 },
    writes: { patchChatsUserSettings: 3 },
    verify: { getChatsUserSettings: 2 },
  },
  {
    what: "user settings: leave",
    why: "they stay as they are",
    given: sam({ settings: phone("Always") }),
    wanted: {},
    plan: {},
    writes: {},
    verify: {},
  },
  {
    what: "room: created with its people and owners",
    change: "Create a room with a description, owners and participants",
    why: "one POST takes 25 people; owners can only be set by PATCH; texts and people are two reads",
    wanted: lobby({ description: "D", owners: [jane], participants: [jane, "sam@example.com"] }),
    plan: { ...search },
    writes: { postChatsRooms: 1, patchChatsRoom: 1 },
    verify: { ...room, ...people },
  },
  {
    what: "room: created with 60 people",
    change: "Create a room with 60 participants",
    why: "25 in the POST, the other 35 singly; 60 e-mails are two searches of 50",
    meanwhile: addEverybody(59),
    wanted: lobby({ participants: [jane, ...everybody(59)] }),
    plan: { postUsersSearch: 2 },
    writes: { postChatsRooms: 1, postChatsRoomParticipant: 35 },
    verify: { ...room, ...people },
  },
  {
    what: "room: created without the acting user, who is put into it",
    why: "that the one who is there unasked is the acting user has to be asked",
    wanted: lobby({ participants: ["sam@example.com"] }),
    plan: { ...search },
    writes: { postChatsRooms: 1 },
    verify: { ...room, ...people, ...me },
  },
  {
    what: "room: created with its subject",
    change: "Create a room",
    why: "one POST, one look",
    wanted: lobby(),
    plan: {},
    writes: { postChatsRooms: 1 },
    verify: room,
  },
  ...(
    [
      ["subject", { subject: "Hall" }, {}],
      ["description", { description: "D" }, {}],
      ["owners", { owners: [jane, "sam@example.com"] }, search],
      [
        "subject, description and owners",
        { subject: "Hall", description: "D", owners: [jane, "sam@example.com"] },
        search,
      ],
    ] as const
  ).map(([what, change, resolve]): Row => ({
    what: `room: ${what}`,
    ...(what === "subject" ? { change: "Change the subject of a room", saved: room } : {}),
    why: "texts and owners are one read and one PATCH; people are not read",
    given: { ...lobby(), settings: { reactionsEnabled: true } },
    wanted: lobby(change),
    plan: { ...resolve, ...room },
    writes: { patchChatsRoom: 1 },
    verify: room,
  })),
  {
    what: "room: everything changes",
    change: "Change the subject, description and owners of a room, add two participants and remove one",
    saved: { ...room, ...people },
    why: "e-mails in one search, two reads; two join, one PATCH, one leaves; the one who leaves might be the acting user",
    given: lobby({ owners: [jane], participants: [jane, "sam@example.com"] }),
    wanted: {
      rooms: {
        lobby: {
          subject: "Hall",
          description: "D",
          owners: [jane, "ana@example.com"],
          participants: [jane, "ana@example.com", "bo@example.com"],
        },
      },
    },
    plan: { ...search, ...room, ...people, ...me, ...states },
    writes: { postChatsRoomParticipant: 2, patchChatsRoom: 1, deleteChatsRoomParticipant: 1 },
    verify: { ...room, ...people },
  },
  {
    what: "room: people only ever join",
    change: "Add a participant",
    saved: { ...room, ...people },
    why: "nobody leaves: who is acting doesn't matter",
    given: lobby({ participantsMode: "additive", participants: [jane] }),
    wanted: lobby({ participantsMode: "additive", participants: ["sam@example.com"] }),
    plan: { ...search, ...room, ...people, ...states },
    writes: { postChatsRoomParticipant: 1 },
    verify: people,
  },
  {
    what: "room: a group",
    why: "its id by its name, then its members, whose names come with them",
    given: lobby({ participants: [jane] }),
    wanted: lobby({ participants: [jane, { group: "Support" }] }),
    plan: { ...search, postGroupsSearch: 1, getGroupMembers: 1, ...room, ...people },
    writes: { postChatsRoomParticipant: 5 },
    verify: people,
  },
  {
    what: "room: somebody was let in by hand",
    why: "who is not declared is named for people, and might be the acting user",
    given: lobby({ participants: [jane] }),
    meanwhile: (emulator) => {
      emulator.change({ change: "join", room: findJid(emulator, "Lobby"), user: "zoe@example.com" });
    },
    wanted: lobby({ participants: [jane] }),
    plan: { ...search, ...room, ...people, ...me, getUsers: 1 },
    writes: { deleteChatsRoomParticipant: 1 },
    verify: people,
  },
  {
    what: "room: nothing to do",
    change: "Nothing to change in a room with participants",
    why: "texts and people are two reads",
    given: lobby({ participants: [jane] }),
    wanted: lobby({ participants: [jane] }),
    plan: { ...search, ...room, ...people },
    writes: {},
    verify: {},
  },
  {
    what: "room: leaves",
    change: "Forget a room",
    why: "it stays as it is",
    given: lobby({ participants: [jane], messages: { a: message("A", { pinned: true }) } }),
    wanted: {},
    plan: {},
    writes: {},
    verify: {},
  },
  {
    what: "room: leaves and is emptied",
    change: "Empty a room of two participants",
    saved: people,
    why: "who is in it is read, each is removed singly, the acting user last",
    given: lobby({ participants: [jane, "sam@example.com"], onRemove: "empty" }),
    wanted: {},
    plan: { ...people, ...me, ...states },
    writes: { deleteChatsRoomParticipant: 2 },
    verify: people,
  },
  {
    what: "room messages: three are sent, one of them a reply with reactions, two pinned",
    change: "Send three messages: two pinned, one a reply with a reaction",
    saved: { ...room, ...me },
    why: "who is acting; a POST each, a look for the thread, one PUT, one POST of pins; one read for all messages, one for room and pins",
    given: lobby(),
    wanted: lobby({
      messages: {
        a: message("A", { pinned: true }),
        b: message("B", { replyTo: "a", reactions: ["👍"] }),
        c: message("C", { pinned: true }),
      },
    }),
    plan: { ...room, ...me },
    writes: {
      postChatsRoomMessages: 3,
      getChatsMessage: 1,
      putChatsMessageReactions: 1,
      postChatsRoomMessagesPins: 1,
    },
    verify: { ...room, ...messages },
  },
  {
    what: "room messages: sixty, nothing to do",
    why: "50 ids go into one path",
    given: lobby({
      messages: Object.fromEntries(everybody(60).map((_, at) => [`m${at}`, message(`M${at}`)])),
    }),
    wanted: lobby({
      messages: Object.fromEntries(everybody(60).map((_, at) => [`m${at}`, message(`M${at}`)])),
    }),
    plan: { ...room, getChatsRoomMessage: 2 },
    writes: {},
    verify: {},
  },
  {
    what: "room message: text and mentions",
    change: "Change the text and the mentions of a message",
    saved: messages,
    why: "they go in one PATCH; whose token it is doesn't matter for what is there",
    given: lobby({ messages: { a: message("A") } }),
    wanted: lobby({ messages: { a: message("B", { mentions: ["sam@example.com"] }) } }),
    plan: { ...search, ...room, ...messages },
    writes: { patchChatsRoomMessage: 1 },
    verify: messages,
  },
  {
    what: "room message: reactions",
    change: "Change the reactions of a message",
    saved: { ...messages, ...me },
    why: "whose reactions they are has to be asked once",
    given: lobby({ messages: { a: message("A") } }),
    wanted: lobby({ messages: { a: message("A", { reactions: ["👍", "🎉"] }) } }),
    plan: { ...room, ...messages, ...me },
    writes: { putChatsMessageReactions: 1 },
    verify: messages,
  },
  {
    what: "room messages: two leave, one of them pinned",
    change: "Delete two messages, one of them pinned",
    saved: { ...room, ...messages },
    why: "the unpinning and a DELETE each; one read for both, but each is looked for by itself: that one is gone says nothing of the other",
    given: lobby({ messages: { a: message("A", { pinned: true }), b: message("B") } }),
    wanted: lobby(),
    plan: { ...room, ...messages },
    writes: { deleteChatsRoomMessage: 2, deleteChatsRoomMessagesPin: 1 },
    verify: { ...room, getChatsRoomMessage: 2 },
  },
  {
    what: "room message: deleted by hand",
    why: "it is looked for a second time, then sent again, and a message needs to know who is acting",
    given: lobby({ messages: { a: message("A"), b: message("B") } }),
    meanwhile: (emulator) => {
      const [one] = emulator.dump().rooms.find(({ subject }) => subject === "Lobby")?.messages ?? [];
      emulator.change({ change: "delete-message", message: one?.id ?? "" });
    },
    wanted: lobby({ messages: { a: message("A"), b: message("B") } }),
    plan: { ...room, getChatsRoomMessage: 4, ...me },
    writes: { postChatsRoomMessages: 1 },
    verify: messages,
  },
  {
    what: "room pins: two go, three come",
    change: "Unpin two messages and pin three others",
    saved: { ...room, ...messages },
    why: "a DELETE each, one POST",
    given: lobby({
      messages: {
        ...Object.fromEntries(["a", "b"].map((name) => [name, message(name, { pinned: true })])),
        ...Object.fromEntries(["c", "d", "e"].map((name) => [name, message(name)])),
      },
    }),
    wanted: lobby({
      messages: {
        ...Object.fromEntries(["a", "b"].map((name) => [name, message(name)])),
        ...Object.fromEntries(["c", "d", "e"].map((name) => [name, message(name, { pinned: true })])),
      },
    }),
    plan: { ...room, ...messages },
    writes: { deleteChatsRoomMessagesPin: 2, postChatsRoomMessagesPins: 1 },
    verify: room,
  },
  {
    what: "1on1: a message, pinned, with a reaction",
    change: "Send a message to a user, with a pin and a reaction",
    saved: { getChatsUser: 1, ...me },
    why: "the user's id, the pins, and who is acting; a POST, a PUT, a POST; one read each for message and pins",
    wanted: sam({ messages: { a: message("A", { pinned: true, reactions: ["👍"] }) } }),
    plan: { ...search, getChatsUser: 1, ...me },
    writes: { postChatsUserMessages: 1, putChatsMessageReactions: 1, postChatsUserMessagesPins: 1 },
    verify: { getChatsUser: 1, getChatsUserMessage: 1 },
  },
  {
    what: "1on1: text, reactions and pins change",
    why: "a read of both messages, one of the pins; a PATCH, a PUT, a DELETE and a POST",
    given: sam({
      messages: { a: message("A", { pinned: true, reactions: ["👍"] }), b: message("B", { pinned: false }) },
    }),
    wanted: sam({
      messages: { a: message("AA", { pinned: false, reactions: [] }), b: message("B", { pinned: true }) },
    }),
    plan: { ...search, getChatsUser: 1, getChatsUserMessage: 1, ...me },
    writes: {
      patchChatsUserMessage: 1,
      putChatsMessageReactions: 1,
      deleteChatsUserMessagesPin: 1,
      postChatsUserMessagesPins: 1,
    },
    verify: { getChatsUser: 1, getChatsUserMessage: 1 },
  },
  {
    what: "1on1: its message and pins leave",
    why: "what is to be deleted and unpinned is read, and looked at once",
    given: sam({ settings: phone("Always"), messages: { a: message("A", { pinned: true }) } }),
    wanted: sam({ settings: phone("Always") }),
    plan: { ...search, getChatsUserSettings: 1, getChatsUser: 1, getChatsUserMessage: 1 },
    writes: { deleteChatsUserMessage: 1, deleteChatsUserMessagesPin: 1 },
    verify: { getChatsUser: 1, getChatsUserMessage: 1 },
  },
  {
    what: "one of two, by --target",
    why: "only the target is read, its e-mails only are searched",
    wanted: {
      settings: { reactionsEnabled: false },
      ...lobby({ participants: ["sam@example.com"] }),
    },
    args: ["--target", "settings"],
    plan: { getChatsSettings: 1 },
    writes: { patchChatsSettings: 1 },
    verify: { getChatsSettings: 1 },
  },
  {
    what: "without a refresh",
    why: "the state says it all: nothing is read before the change",
    given: { ...lobby({ participants: [jane, "sam@example.com"] }), settings: { reactionsEnabled: true } },
    wanted: { ...lobby({ participants: [jane] }), settings: { reactionsEnabled: false } },
    args: ["--no-refresh"],
    plan: {},
    writes: { deleteChatsRoomParticipant: 1, patchChatsSettings: 1 },
    verify: { getChatsSettings: 1, ...people },
  },
];
