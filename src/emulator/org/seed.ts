import type { OrgSettings, UserSettings } from "./settings.js";

/**
 * An org as a file (JSON or YAML), which the emulator starts with or dumps. Users are named by id or e-mail, groups by id or
 * name. Omitted ids are derived from the names, and are the same in every run.
 */
export interface OrgSeed {
  /** The organization's id; default: derived from the name. */
  readonly id?: string;
  /** The organization's name, and `<org>` in the jids; default `Example-Org`. */
  readonly name?: string;
  /** Default: the published defaults. */
  readonly settings?: Partial<OrgSettings>;
  readonly users?: readonly UserSeed[];
  readonly groups?: readonly SourceSeed[];
  /** Work teams. A user is in one team at most: the last that names the user. */
  readonly teams?: readonly SourceSeed[];
  readonly queues?: readonly SourceSeed[];
  readonly skillGroups?: readonly SourceSeed[];
  readonly rooms?: readonly RoomSeed[];
  readonly oneOnOnes?: readonly OneOnOneSeed[];
}

export interface UserSeed {
  readonly id?: string;
  readonly email: string;
  /** The login name; default: the e-mail. */
  readonly username?: string;
  /** Default: the part of the e-mail before the @. */
  readonly name?: string;
  /** Default `active`. */
  readonly state?: "active" | "inactive" | "deleted";
  /** The user's manager, which makes the user one of the manager's direct reports. */
  readonly manager?: string;
  readonly jabberId?: string;
  readonly settings?: Partial<UserSettings>;
}

/** A group, team, queue or skill group. */
export interface SourceSeed {
  readonly id?: string;
  readonly name: string;
  readonly members?: readonly string[];
}

export interface RoomSeed {
  readonly jid?: string;
  /** The group of a group's room; an ad hoc room has none. */
  readonly group?: string;
  /** Default for a group's room: the group's name. */
  readonly subject?: string;
  readonly description?: string;
  readonly owners?: readonly string[];
  /** Of an ad hoc room. */
  readonly participants?: readonly string[];
  /** The most participants; default 1000. */
  readonly participantLimit?: number;
  /** Message ids. */
  readonly pins?: readonly string[];
  /** ISO 8601; default: the start of the emulator. */
  readonly dateCreated?: string;
  /** Oldest first. */
  readonly messages?: readonly MessageSeed[];
}

export interface OneOnOneSeed {
  readonly users: readonly [string, string];
  readonly pins?: readonly string[];
  readonly messages?: readonly MessageSeed[];
}

export interface MessageSeed {
  readonly id?: string;
  /** The sender. */
  readonly from: string;
  readonly body: string;
  readonly mentions?: readonly string[];
  readonly dateCreated?: string;
  readonly dateModified?: string;
  readonly threadId?: string;
  readonly parentThreadId?: string;
  /** Emoji to the users who reacted with it. */
  readonly reactions?: Readonly<Record<string, readonly string[]>>;
}

/** An org for trials: eight users, a group, its room, a team, a queue, a skill group, and an ad hoc room with a message. */
export const defaultSeed: OrgSeed = {
  name: "Example-Org",
  users: [
    { email: "jane.doe@example.com", name: "Jane Doe" },
    { email: "sam@example.com", name: "Sam Young", manager: "jane.doe@example.com" },
    { email: "ana@example.com", name: "Ana Silva", manager: "jane.doe@example.com" },
    { email: "bo@example.com", name: "Bo Chen" },
    { email: "kim@example.com", name: "Kim Larsen" },
    { email: "lee@example.com", name: "Lee Park" },
    { email: "max@example.com", name: "Max Weber" },
    { email: "zoe@example.com", name: "Zoe Martin" },
  ],
  groups: [
    {
      name: "Support",
      members: ["sam@example.com", "ana@example.com", "bo@example.com", "kim@example.com", "lee@example.com"],
    },
  ],
  teams: [{ name: "Night", members: ["kim@example.com", "lee@example.com"] }],
  queues: [{ name: "Sales", members: ["sam@example.com", "zoe@example.com"] }],
  skillGroups: [{ name: "Spanish", members: ["ana@example.com", "max@example.com"] }],
  rooms: [
    { group: "Support", description: "The support team" },
    {
      subject: "Front desk",
      description: "Anything that has no other place",
      owners: ["jane.doe@example.com"],
      participants: ["jane.doe@example.com", "sam@example.com", "zoe@example.com"],
      messages: [{ from: "sam@example.com", body: "Good morning!" }],
    },
  ],
};
