import type { OrgSettings } from "./settings.js";
import { defaultOrgSettings, defaultUserSettings } from "./settings.js";
import type { User } from "./users.js";
import { LaggedValue } from "./lagged-value.js";
import type { Lag } from "./lagged-value.js";
import { adhocRoomJid, groupRoomJid, hex24FromName, Ids, userJid } from "./ids.js";
import { Users } from "./users.js";

/** Source: the vendor's help, "about chat rooms". */
export const defaultParticipantLimit = 1000;

/** A group, team, queue or skill group. */
export interface Source {
  readonly id: string;
  readonly name: string;
  /** User ids. */
  readonly members: readonly string[];
}

export type SourceKind = "groups" | "teams" | "queues" | "skillGroups";

export interface MessageContent {
  /** Id of the user, or of the client where a client-credentials token may send. */
  readonly authorId: string;
  readonly body: string;
  readonly mentions: readonly string[];
  readonly dateCreated: number;
  readonly dateModified?: number;
  readonly threadId: string;
  readonly parentThreadId?: string;
  /** Emoji (unicode) to the ids of those who reacted with it. */
  readonly reactions: ReadonlyMap<string, readonly string[]>;
}

export interface Message {
  readonly id: string;
  readonly chat: Chat;
  /** Undefined: deleted, or not visible yet. */
  readonly content: LaggedValue<MessageContent | undefined>;
}

interface Conversation {
  readonly pins: LaggedValue<readonly string[]>;
  /** Oldest first. */
  readonly messages: Message[];
}

export interface RoomDetails {
  readonly subject: string;
  readonly description: string | undefined;
  readonly owners: readonly string[];
}

export interface Room extends Conversation {
  readonly type: "adhoc" | "group";
  readonly jid: string;
  /** The jid where ad hoc, else the group's id. */
  readonly id: string;
  readonly dateCreated: number;
  /** The most participants. */
  readonly participantLimit: number;
  /** Undefined: not visible yet. */
  readonly details: LaggedValue<RoomDetails | undefined>;
  /** By user id, in the order of joining. Not used for a group's room, whose participants are the group's members. */
  readonly members: Map<string, LaggedValue<boolean>>;
}

export interface OneOnOne extends Conversation {
  readonly type: "oneOnOne";
  /** Ids of the two, sorted. */
  readonly users: readonly [string, string];
}

export type Chat = Room | OneOnOne;

export interface OrgOptions {
  readonly id: string;
  readonly name: string;
  readonly lag: Lag;
  readonly randomSeed: number;
}

/** The data of an org, without the rules of the API. */
export class Org {
  readonly id: string;
  readonly name: string;
  readonly lag: Lag;
  readonly ids: Ids;
  readonly settings: LaggedValue<OrgSettings>;
  readonly users = new Users();
  readonly groups = new Map<string, Source>();
  /** A user is in one team at most. */
  readonly teams = new Map<string, Source>();
  readonly queues = new Map<string, Source>();
  readonly skillGroups = new Map<string, Source>();
  readonly rooms = new Map<string, Room>();
  readonly oneOnOnes = new Map<string, OneOnOne>();
  readonly messages = new Map<string, Message>();

  constructor(options: OrgOptions) {
    this.id = options.id;
    this.name = options.name;
    this.lag = options.lag;
    this.ids = new Ids(options.randomSeed);
    this.settings = this.cell(defaultOrgSettings);
  }

  cell<T>(value: T): LaggedValue<T> {
    return new LaggedValue(value, this.lag);
  }

  now(): number {
    return this.lag.now();
  }

  /** Adds a user, or changes one and keeps its settings. */
  putUser(user: Omit<User, "jabberId" | "settings"> & { readonly jabberId?: string | undefined }): User {
    const before = this.users.get(user.id);
    const whole: User = {
      ...user,
      jabberId: user.jabberId ?? before?.jabberId ?? userJid(this.name, hex24FromName("user", user.id)),
      settings: before?.settings ?? this.cell(defaultUserSettings),
    };
    this.users.put(whole);
    return whole;
  }

  /** Finds a user by id or e-mail; of several, the first that is not deleted. */
  findUser(idOrEmail: string): User | undefined {
    return this.users.get(idOrEmail) ?? this.users.withEmail(idOrEmail)[0];
  }

  /** Adds a room, which no read shows until the caller has written or set `details`. */
  addRoom(
    room: {
      readonly type: "adhoc" | "group";
      readonly id?: string;
      readonly jid?: string;
      readonly participantLimit?: number | undefined;
    },
    dateCreated = this.now(),
  ): Room {
    const jid =
      room.jid ??
      (room.type === "adhoc"
        ? adhocRoomJid(this.name, this.ids.uuid())
        : groupRoomJid(this.name, hex24FromName("room", room.id ?? "")));
    const added: Room = {
      type: room.type,
      jid,
      id: room.id ?? jid,
      dateCreated,
      participantLimit: room.participantLimit ?? defaultParticipantLimit,
      details: this.cell<RoomDetails | undefined>(undefined),
      members: new Map(),
      pins: this.cell<readonly string[]>([]),
      messages: [],
    };
    this.rooms.set(jid, added);
    return added;
  }

  /** Returns the 1on1 of two users. A new one is stored with its first message only: a read creates no chat. */
  oneOnOne(a: string, b: string): OneOnOne {
    const users: readonly [string, string] = a < b ? [a, b] : [b, a];
    const kept = this.oneOnOnes.get(users.join(" "));
    return kept ?? { type: "oneOnOne", users, pins: this.cell<readonly string[]>([]), messages: [] };
  }

  storeOneOnOne(chat: OneOnOne): void {
    this.oneOnOnes.set(chat.users.join(" "), chat);
  }

  /** Adds a message, whose content the caller writes or sets. */
  addMessage(chat: Chat, id = this.ids.uuid()): Message {
    const message: Message = { id, chat, content: this.cell<MessageContent | undefined>(undefined) };
    chat.messages.push(message);
    if (chat.type === "oneOnOne") this.storeOneOnOne(chat);
    this.messages.set(id, message);
    return message;
  }

  /** Returns the value that tells whether a user is in an ad hoc room. */
  membership(room: Room, userId: string): LaggedValue<boolean> {
    let cell = room.members.get(userId);
    if (cell === undefined) {
      cell = this.cell(false);
      room.members.set(userId, cell);
    }
    return cell;
  }

  /** Returns the ids of a room's participants, as reads show them or the latest. */
  getMembers(room: Room, view: "seen" | "latest"): string[] {
    if (room.type === "group") return [...(this.groups.get(room.id)?.members ?? [])];
    const members: string[] = [];
    for (const [id, cell] of room.members) if (cell[view]()) members.push(id);
    return members;
  }

  isMember(room: Room, userId: string, view: "seen" | "latest" = "latest"): boolean {
    if (room.type === "group") return this.groups.get(room.id)?.members.includes(userId) ?? false;
    return room.members.get(userId)?.[view]() ?? false;
  }
}
