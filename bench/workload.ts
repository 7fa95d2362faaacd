import { createHash } from "node:crypto";

/** An org, and configs for it. Both depend on the sizes only, so they are the same in every run. */

/** A user's e-mail. */
export function email(user: number): string {
  return `user-${String(user).padStart(6, "0")}@example.com`;
}

/** A user's id. */
function userId(user: number): string {
  return uuid(`user ${user}`);
}

/** A room's jid. */
function roomJid(room: number): string {
  return `adhoc-${uuid(`room ${room}`)}@conference.Example-Org.orgspan.com`;
}

/** Returns the participants of a room: `size` of all users, different ones for each room. */
function createMembers(room: number, users: number, size: number): readonly string[] {
  const count = Math.min(size, users);
  return Array.from({ length: count }, (_none, at) => email((room * 37 + at * 11) % users)).filter(
    (one, at, all) => all.indexOf(one) === at,
  );
}

export interface Sizes {
  readonly users: number;
  readonly rooms: number;
  readonly participants: number;
}

/** Returns the org, with all its rooms. */
export function createOrg({ users, rooms, participants }: Sizes): object {
  return {
    name: "Example-Org",
    users: numbers(users).map((user) => ({ id: userId(user), email: email(user), name: `User ${user}` })),
    rooms: numbers(rooms).map((room) => ({
      jid: roomJid(room),
      subject: `Room ${room}`,
      owners: [email(room % users)],
      participants: createMembers(room, users, participants),
    })),
  };
}

/** Returns a config that declares every user's settings and every room with their live values: the plan is empty. */
export function filesAsLive({ users, rooms, participants }: Sizes): object {
  return {
    version: 1,
    users: Object.fromEntries(numbers(users).map((user) => [email(user), settings("OnlyWhenInactive")])),
    rooms: Object.fromEntries(
      numbers(rooms).map((room) => [
        `room-${room}`,
        {
          jid: roomJid(room),
          subject: `Room ${room}`,
          participants: createMembers(room, users, participants),
        },
      ]),
    ),
  };
}

/** Returns a config with settings to change and rooms to create. */
export function filesToApply({ users, rooms, participants }: Sizes): object {
  return {
    version: 1,
    users: Object.fromEntries(numbers(users).map((user) => [email(user), settings("Always")])),
    rooms: Object.fromEntries(
      numbers(rooms).map((room) => [
        `new-${room}`,
        { subject: `New room ${room}`, participants: createMembers(room, users, participants) },
      ]),
    ),
  };
}

/** Returns a config with settings of users by id: each takes one read. */
export function settingsById(
  from: number,
  to: number,
  when = "OnlyWhenInactive",
): { readonly version: 1; readonly users: Readonly<Record<string, object>> } {
  return {
    version: 1,
    users: Object.fromEntries(numbers(to - from).map((at) => [userId(from + at), settings(when)])),
  };
}

function settings(when: string): object {
  return { settings: { mobile: { notifications: { when } } } };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_none, at) => at);
}

function uuid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
