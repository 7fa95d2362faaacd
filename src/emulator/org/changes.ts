import type { Json } from "../../core/json/json.js";
import { changeReactions } from "../handlers/reactions.js";
import {
  findSource,
  loadMessage,
  loadRoom,
  loadSource,
  loadUser,
  removeMembers,
  SeedError,
  sourceKinds,
  userId,
  userIds,
} from "./load.js";
import type { Chat, Message, MessageContent, Org, Room, SourceKind } from "./org.js";
import type { User } from "./users.js";
import type { OrgSettings, UserSettings } from "./settings.js";
import type { MessageSeed, RoomSeed, SourceSeed, UserSeed } from "./seed.js";

/** A change of the org behind the client's back. Users are named by id or e-mail, rooms by jid. */
export type OrgChange =
  | { readonly change: "settings"; readonly set: Partial<OrgSettings> }
  | { readonly change: "user-settings"; readonly user: string; readonly set: Partial<UserSettings> }
  /** Changes the user, for instance the state, manager or e-mail. Without `user`: the one with that id or e-mail, or a new one. */
  | { readonly change: "user"; readonly user?: undefined; readonly set: UserSeed }
  | { readonly change: "user"; readonly user: string; readonly set: Partial<UserSeed> }
  /** Deletes the user, and adds one with the same e-mail and name, and another id. */
  | { readonly change: "recreate-user"; readonly user: string }
  /** Removes the user from the org and from every room. */
  | { readonly change: "remove-user"; readonly user: string }
  /** Adds a group, team, queue or skill group, or changes the one with that id or name. */
  | { readonly change: "group" | "team" | "queue" | "skill-group"; readonly set: SourceSeed }
  /** Adds users to a group, team, queue or skill group (by id or name), and removes users from it. */
  | {
      readonly change: "members";
      readonly of: "group" | "team" | "queue" | "skill-group";
      readonly name: string;
      readonly add?: readonly string[];
      readonly remove?: readonly string[];
    }
  | { readonly change: "add-room"; readonly room: RoomSeed }
  | {
      readonly change: "room";
      readonly room: string;
      readonly set: Pick<RoomSeed, "subject" | "description" | "owners" | "participants" | "pins">;
    }
  | { readonly change: "remove-room"; readonly room: string }
  | { readonly change: "join" | "leave"; readonly room: string; readonly user: string }
  | { readonly change: "add-message"; readonly room: string; readonly message: MessageSeed }
  | {
      readonly change: "add-one-on-one-message";
      readonly users: readonly [string, string];
      readonly message: MessageSeed;
    }
  | { readonly change: "edit-message"; readonly message: string; readonly body: string }
  | { readonly change: "delete-message"; readonly message: string }
  /** Sets all reactions of a user to a message. */
  | {
      readonly change: "react";
      readonly message: string;
      readonly user: string;
      readonly reactions: readonly string[];
    };

/**
 * Makes a change that every read shows at once, without the checks of the API.
 *
 * @returns the id of the added object: a room's jid, a message's, user's or group's id; else null
 * @throws SeedError for an unknown user, group, room or message
 */
export function applyChange(org: Org, change: OrgChange): Json {
  switch (change.change) {
    case "settings":
      org.settings.set({ ...org.settings.latest(), ...change.set });
      return null;
    case "user-settings": {
      const { settings } = getUser(org, change.user);
      settings.set({ ...settings.latest(), ...change.set });
      return null;
    }
    case "user":
      return change.user === undefined
        ? loadUser(org, change.set).id
        : changeUser(org, getUser(org, change.user), change.set);
    case "recreate-user":
      return recreateUser(org, change.user);
    case "remove-user":
      removeUser(org, userId(org, change.user));
      return null;
    case "group":
    case "team":
    case "queue":
    case "skill-group":
      return loadSource(org, kinds[change.change], change.set).id;
    case "members":
      return changeMembers(org, kinds[change.of], change);
    case "add-room":
      return loadRoom(org, change.room, org.ids.uuid()).jid;
    case "room":
      setRoom(org, getRoom(org, change.room), change.set);
      return null;
    case "remove-room":
      removeRoom(org, getRoom(org, change.room));
      return null;
    case "join":
    case "leave": {
      const room = getRoom(org, change.room);
      org.membership(room, userId(org, change.user)).set(change.change === "join");
      return null;
    }
    case "add-message":
      return loadMessage(org, getRoom(org, change.room), change.message).id;
    case "add-one-on-one-message": {
      const [a, b] = userIds(org, change.users);
      return loadMessage(org, org.oneOnOne(a ?? "", b ?? ""), change.message).id;
    }
    case "edit-message":
      setMessage(org, change.message, { body: change.body, dateModified: org.now() });
      return null;
    case "delete-message":
      removeMessage(getMessage(org, change.message));
      return null;
    case "react": {
      const { reactions } = getContent(getMessage(org, change.message));
      const after = changeReactions(reactions, userId(org, change.user), change.reactions, "replace");
      setMessage(org, change.message, { reactions: after });
      return null;
    }
    default:
      change satisfies never;
      throw new SeedError(`Unknown change: ${JSON.stringify(change)}`);
  }
}

function setRoom(org: Org, room: Room, set: Extract<OrgChange, { change: "room" }>["set"]): void {
  const { subject, description, owners, participants, pins } = set;
  const before = room.details.latest() ?? { subject: room.jid, description: undefined, owners: [] };
  room.details.set({
    subject: subject ?? before.subject,
    description: description ?? before.description,
    owners: owners === undefined ? before.owners : userIds(org, owners),
  });
  if (pins !== undefined) room.pins.set([...pins]);
  if (participants === undefined) return;
  for (const cell of room.members.values()) cell.set(false);
  for (const id of userIds(org, participants)) org.membership(room, id).set(true);
}

function removeUser(org: Org, id: string): void {
  org.users.delete(id);
  for (const room of org.rooms.values()) room.members.get(id)?.set(false);
  for (const kind of sourceKinds) removeMembers(org, kind, [id]);
}

const kinds = { group: "groups", team: "teams", queue: "queues", "skill-group": "skillGroups" } as const;

function changeUser(org: Org, { id, email }: User, set: Partial<UserSeed>): string {
  return loadUser(org, { email, ...set, id }).id;
}

function recreateUser(org: Org, idOrEmail: string): string {
  const { email, name, id } = getUser(org, idOrEmail);
  loadUser(org, { id, email, state: "deleted" });
  return loadUser(org, { id: org.ids.uuid(), email, name }).id;
}

function changeMembers(
  org: Org,
  kind: SourceKind,
  change: { readonly name: string; readonly add?: readonly string[]; readonly remove?: readonly string[] },
): string {
  const source = findSource(org, kind, change.name);
  if (source === undefined) throw new SeedError(`Not in the org's ${kind}: ${change.name}`);
  const removed = userIds(org, change.remove ?? []);
  const members = [...source.members.filter((id) => !removed.includes(id)), ...(change.add ?? [])];
  return loadSource(org, kind, { ...source, members }).id;
}

function removeRoom(org: Org, room: Room): void {
  org.rooms.delete(room.jid);
  for (const message of room.messages) org.messages.delete(message.id);
}

function removeMessage(message: Message): void {
  message.content.set(undefined);
  unpin(message.chat, message.id);
}

function unpin(chat: Chat, id: string): void {
  chat.pins.set(chat.pins.latest().filter((pinned) => pinned !== id));
}

function setMessage(org: Org, id: string, set: Partial<MessageContent>): void {
  const message = getMessage(org, id);
  message.content.set({ ...getContent(message), ...set });
}

function getUser(org: Org, idOrEmail: string): User {
  const user = org.findUser(idOrEmail);
  if (user === undefined) throw new SeedError(`Unknown user: ${idOrEmail}`);
  return user;
}

function getRoom(org: Org, jid: string): Room {
  const room = org.rooms.get(jid);
  if (room === undefined) throw new SeedError(`Unknown room: ${jid}`);
  return room;
}

function getMessage(org: Org, id: string): Message {
  const message = org.messages.get(id);
  if (message === undefined) throw new SeedError(`Unknown message: ${id}`);
  return message;
}

function getContent(message: Message): MessageContent {
  const content = message.content.latest();
  if (content === undefined) throw new SeedError(`The message was deleted: ${message.id}`);
  return content;
}
