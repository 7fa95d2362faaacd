import { toStoredEmoji } from "./emoji.js";
import { adhocRoomJid, hex24FromName, groupRoomJid, uuidFromName } from "./ids.js";
import type { Chat, Group, Message, Org, Room } from "./org.js";
import type { User } from "./users.js";
import { defaultOrgSettings, defaultUserSettings } from "./settings.js";
import type { GroupSeed, MessageSeed, OneOnOneSeed, OrgSeed, RoomSeed, UserSeed } from "./seed.js";

/** A seed, a change of the org, a faults file or a variant is not valid. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}

/** Loads a seed into an org. @throws SeedError */
export function load(org: Org, seed: OrgSeed): void {
  org.settings.set({ ...defaultOrgSettings, ...seed.settings });
  for (const user of seed.users ?? []) loadUser(org, user);
  for (const group of seed.groups ?? []) loadGroup(org, group);
  for (const [at, room] of (seed.rooms ?? []).entries()) loadRoom(org, room, String(at));
  for (const chat of seed.oneOnOnes ?? []) loadOneOnOne(org, chat);
}

/** Adds a user, or changes the one with that id or e-mail. */
export function loadUser(org: Org, seed: UserSeed): User {
  const before = seed.id === undefined ? org.findUser(seed.email) : org.users.get(seed.id);
  const user = org.putUser({
    id: seed.id ?? before?.id ?? uuidFromName("user", seed.email.toLowerCase()),
    email: seed.email,
    name: seed.name ?? before?.name ?? seed.email.split("@")[0] ?? seed.email,
    state: seed.state ?? before?.state ?? "active",
    jabberId: seed.jabberId,
  });
  if (seed.settings !== undefined) {
    user.settings.set({ ...defaultUserSettings, ...user.settings.latest(), ...seed.settings });
  }
  return user;
}

/** Adds a group, or changes the one with that id or name. */
export function loadGroup(org: Org, seed: GroupSeed): Group {
  const group = {
    id: seed.id ?? findGroup(org, seed.name)?.id ?? uuidFromName("group", seed.name),
    name: seed.name,
    members: userIds(org, seed.members ?? []),
  };
  org.groups.set(group.id, group);
  return group;
}

/** Adds a room. `salt` makes the ids of rooms with the same subject differ. */
export function loadRoom(org: Org, seed: RoomSeed, salt: string): Room {
  const group = seed.group === undefined ? undefined : findGroup(org, seed.group);
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

function findGroup(org: Org, idOrName: string): Group | undefined {
  return org.groups.get(idOrName) ?? [...org.groups.values()].find(({ name }) => name === idOrName);
}

function time(org: Org, iso: string | undefined): number {
  if (iso === undefined) return org.now();
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw new SeedError(`Not a time: ${iso}`);
  return at;
}
