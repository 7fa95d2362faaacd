import type { Json, JsonObject } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { OperationCall, Handlers } from "../handler.js";
import { checkFlags, entityRef, queryParam } from "../handler.js";
import type { Chat } from "../org/org.js";
import { showRoom } from "./rooms.js";

interface Entry {
  readonly id: string;
  readonly json: JsonObject;
}

function lastMessageDate(chat: Chat): JsonObject {
  const last = chat.messages.findLast((message) => message.content.seen() !== undefined)?.content.seen();
  return last === undefined ? {} : { dateLastMessage: new Date(last.dateCreated).toISOString() };
}

function rooms(call: OperationCall<unknown>): Entry[] {
  const withOwners = queryParam(call, "includeRoomOwners") === "true";
  return [...call.org.rooms.values()].flatMap((room) => {
    if (!call.org.isMember(room, call.caller.id, "seen")) return [];
    const details = room.details.seen();
    if (details === undefined) return [];
    const { chatRooms, roomsWithoutMessages } = call.variants;
    const lastMessage = lastMessageDate(room);
    if (roomsWithoutMessages === "omit" && Object.keys(lastMessage).length === 0) return [];
    const shown = showRoom(call.org, room, details, withOwners);
    const nested = chatRooms === "details" ? { room: shown } : {};
    return [{ id: room.jid, json: { name: shown["name"], chatType: room.type, ...nested, ...lastMessage } }];
  });
}

function oneOnOnes(call: OperationCall<unknown>): Entry[] {
  return [...call.org.oneOnOnes.values()].flatMap((chat) => {
    const [a, b] = chat.users;
    const other = call.org.users.get(a === call.caller.id ? b : a);
    if (!chat.users.includes(call.caller.id) || other === undefined) return [];
    const json = {
      name: other.name,
      chatType: "oneOnOne",
      user: entityRef("users", other.id),
      ...lastMessageDate(chat),
    };
    return [{ id: other.jabberId, json }];
  });
}

/** Returns a page of the caller's chats, sorted by id so that pages neither overlap nor have gaps while chats change. */
function page(call: OperationCall<unknown>): Json {
  const after = queryParam(call, "after");
  const all = [...rooms(call), ...oneOnOnes(call)].sort((a, b) => byCodeUnit(a.id, b.id));
  const rest = after === undefined ? all : all.filter(({ id }) => byCodeUnit(id, after) > 0);
  const entries = rest.slice(0, call.variants.chatsPage);
  const last = entries.at(-1);
  const entities = entries.map(({ id, json }) => ({ id, open: true, ...json }));
  if (last === undefined || entries.length === rest.length) return { entities };
  const query = new URLSearchParams();
  for (const [name, values] of call.query)
    if (name !== "after") for (const value of values) query.append(name, value);
  query.set("after", last.id);
  return { entities, nextUri: `/api/v2/users/chats/me?${query.toString()}` };
}

export const chatHandlers: Handlers<"getUsersChatsMe"> = {
  getUsersChatsMe: (call) => {
    checkFlags(call, "excludeClosed", "includePresence", "includeRoomOwners");
    return page(call);
  },
};
