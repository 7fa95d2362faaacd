import type { Chat, MessageContent, Org, Room } from "./org.js";
import { defaultParticipantLimit } from "./org.js";
import type { MessageSeed, OrgSeed, RoomSeed } from "./seed.js";

/** Returns the whole org as a seed, with the latest values. Loading it gives the same org. */
export function dump(org: Org): Required<OrgSeed> {
  return {
    id: org.id,
    name: org.name,
    settings: org.settings.latest(),
    users: [...org.users.values()].map((user) => ({ ...user, settings: user.settings.latest() })),
    groups: [...org.groups.values()],
    teams: [...org.teams.values()],
    queues: [...org.queues.values()],
    skillGroups: [...org.skillGroups.values()],
    rooms: [...org.rooms.values()].map((room) => dumpRoom(org, room)),
    oneOnOnes: [...org.oneOnOnes.values()].map((chat) => ({
      users: chat.users,
      pins: chat.pins.latest(),
      messages: dumpMessages(chat),
    })),
  };
}

/** Returns a room as a seed. */
export function dumpRoom(org: Org, room: Room): RoomSeed & { readonly jid: string } {
  const details = room.details.latest();
  return {
    jid: room.jid,
    ...(room.type === "group" && { group: room.id }),
    ...(details && {
      subject: details.subject,
      ...(details.description !== undefined && { description: details.description }),
      owners: details.owners,
    }),
    participants: org.getMembers(room, "latest"),
    ...(room.participantLimit !== defaultParticipantLimit && { participantLimit: room.participantLimit }),
    pins: room.pins.latest(),
    dateCreated: new Date(room.dateCreated).toISOString(),
    messages: dumpMessages(room),
  };
}

function dumpMessages(chat: Chat): MessageSeed[] {
  return chat.messages.flatMap((message) => {
    const content = message.content.latest();
    return content === undefined ? [] : [dumpMessage(message.id, content)];
  });
}

function dumpMessage(id: string, content: MessageContent): MessageSeed & { readonly id: string } {
  const { authorId, dateCreated, dateModified, reactions, ...same } = content;
  return {
    id,
    from: authorId,
    ...same,
    dateCreated: new Date(dateCreated).toISOString(),
    ...(dateModified !== undefined && { dateModified: new Date(dateModified).toISOString() }),
    reactions: Object.fromEntries(reactions),
  };
}
