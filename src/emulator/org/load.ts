import { toStoredEmoji } from "./emoji.js";
import { adhocRoomJid, hex24FromName, groupRoomJid, uuidFromName } from "./ids.js";
import type { Chat, Message, Org, Room, Source, SourceKind } from "./org.js";
import type { User } from "./users.js";
import { defaultOrgSettings, defaultUserSettings } from "./settings.js";
import type { MessageSeed, OneOnOneSeed, OrgSeed, RoomSeed, SourceSeed, UserSeed } from "./seed.js";

/** A seed, a change of the org, a faults file or a variant is not valid. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}

/** Loads a seed into an org. @throws SeedError */
export function load(org: Org, seed: OrgSeed): void {
  org.settings.set({ ...defaultOrgSettings, ...seed.settings });
  const users = seed.users ?? [];
  // A manager may follow those who report to them.
  for (const { manager: _later, ...user } of users) loadUser(org, user);
  for (const user of users) if (user.manager !== undefined) loadUser(org, user);
  for (const kind of sourceKinds) for (const source of seed[kind] ?? []) loadSource(org, kind, source);
  for (const [at, room] of (seed.rooms ?? []).entries()) loadRoom(org, room, String(at));
  for (const chat of seed.oneOnOnes ?? []) loadOneOnOne(org, chat);
}

/** The lists of people in a seed. */
export const sourceKinds = ["groups", "teams", "queues", "skillGroups"] as const satisfies SourceKind[];

/** Adds a user, or changes the one with that id or e-mail. An empty `manager` removes the manager. */
export function loadUser(org: Org, seed: UserSeed): User {
  const before = seed.id === undefined ? org.findUser(seed.email) : org.users.get(seed.id);
  const named = seed.manager === undefined || seed.manager === "" ? seed.manager : userId(org, seed.manager);
  const manager = named ?? before?.manager ?? "";
  const username = seed.username ?? before?.username;
  const user = org.putUser({
    id: seed.id ?? before?.id ?? uuidFromName("user", seed.email.toLowerCase()),
    email: seed.email,
    ...(username !== undefined && { username }),
    name: seed.name ?? before?.name ?? seed.email.split("@")[0] ?? seed.email,
    state: seed.state ?? before?.state ?? "active",
    ...(manager !== "" && { manager }),
    jabberId: seed.jabberId,
  });
  if (seed.settings !== undefined) {
    user.settings.set({ ...defaultUserSettings, ...user.settings.latest(), ...seed.settings });
  }
  return user;
}

/** Adds a group, team, queue or skill group, or changes the one with that id or name. */
export function loadSource(org: Org, kind: SourceKind, seed: SourceSeed): Source {
  const source = {
    id: seed.id ?? findSource(org, kind, seed.name)?.id ?? uuidFromName(idNames[kind], seed.name),
    name: seed.name,
    members: [...new Set(userIds(org, seed.members ?? []))],
  };
  if (kind === "teams") removeMembers(org, kind, source.members);
  org[kind].set(source.id, source);
  return source;
}

const idNames = { groups: "group", teams: "team", queues: "queue", skillGroups: "skill group" } as const;

/** Removes users from all sources of a kind. */
export function removeMembers(org: Org, kind: SourceKind, users: readonly string[]): void {
  for (const source of org[kind].values()) {
    const members = source.members.filter((member) => !users.includes(member));
    if (members.length < source.members.length) org[kind].set(source.id, { ...source, members });
  }
}

/** Adds a room. `salt` makes the ids of rooms with the same subject differ. */
export function loadRoom(org: Org, seed: RoomSeed, salt: string): Room {
  const group = seed.group === undefined ? undefined : findSource(org, "groups", seed.group);
  if (seed.group !== undefined && group === undefined) throw new SeedError(`Unknown group: ${seed.group}`);
  const key = [seed.subject ?? "", salt];
  const jid =
    seed.jid ??
    (group === undefined
      ? adhocRoomJid(org.name, uuidFromName("room", ...key))
      : groupRoomJid(org.name, hex24FromName("room", group.id)));
  const { participantLimit } = seed;
  const room = org.addRoom(
    group === undefined
      ? { type: "adhoc", jid, participantLimit }
      : { type: "group", id: group.id, jid, participantLimit },
    time(org, seed.dateCreated),
  );
  room.details.set({
    subject: seed.subject ?? group?.name ?? jid,
    description: seed.description,
    owners: userIds(org, seed.owners ?? []),
  });
  if (room.type === "adhoc") {
    for (const id of userIds(org, seed.participants ?? [])) org.membership(room, id).set(true);
  }
  loadMessages(org, room, seed.messages ?? []);
  room.pins.set([...(seed.pins ?? [])]);
  return room;
}

function loadOneOnOne(org: Org, seed: OneOnOneSeed): void {
  const [a, b] = seed.users;
  const chat = org.oneOnOne(userId(org, a), userId(org, b));
  org.storeOneOnOne(chat);
  loadMessages(org, chat, seed.messages ?? []);
  chat.pins.set([...(seed.pins ?? [])]);
}

function loadMessages(org: Org, chat: Chat, seeds: readonly MessageSeed[]): void {
  for (const [at, seed] of seeds.entries()) {
    const place = chat.type === "oneOnOne" ? chat.users.join(" ") : chat.jid;
    loadMessage(org, chat, { id: uuidFromName("message", place, String(at)), ...seed });
  }
}

/** Adds a message to a chat. */
export function loadMessage(org: Org, chat: Chat, seed: MessageSeed): Message {
  const message = org.addMessage(chat, seed.id);
  const reactions = Object.entries(seed.reactions ?? {});
  message.content.set({
    authorId: userId(org, seed.from),
    body: seed.body,
    mentions: userIds(org, seed.mentions ?? []),
    dateCreated: time(org, seed.dateCreated),
    ...(seed.dateModified !== undefined && { dateModified: time(org, seed.dateModified) }),
    threadId: seed.threadId ?? uuidFromName("thread", message.id),
    ...(seed.parentThreadId !== undefined && { parentThreadId: seed.parentThreadId }),
    reactions: new Map(reactions.map(([emoji, users]) => [toStoredEmoji(emoji), userIds(org, users)])),
  });
  return message;
}

/** Returns the id of a user. @throws SeedError for an unknown user */
export function userId(org: Org, idOrEmail: string): string {
  const user = org.findUser(idOrEmail);
  if (user === undefined) throw new SeedError(`Unknown user: ${idOrEmail}`);
  return user.id;
}

/** Returns the ids of users. @throws SeedError for an unknown user */
export function userIds(org: Org, idsOrEmails: readonly string[]): string[] {
  return idsOrEmails.map((idOrEmail) => userId(org, idOrEmail));
}

/** Finds a group, team, queue or skill group by id or name. */
export function findSource(org: Org, kind: SourceKind, idOrName: string): Source | undefined {
  return org[kind].get(idOrName) ?? [...org[kind].values()].find(({ name }) => name === idOrName);
}

function time(org: Org, iso: string | undefined): number {
  if (iso === undefined) return org.now();
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw new SeedError(`Not a time: ${iso}`);
  return at;
}
