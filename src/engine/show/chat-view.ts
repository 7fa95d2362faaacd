import type { Api, ApiRequest } from "../../api/api.js";
import type { DirectoryUser } from "../../api/directory/directory-user.js";
import { readUsersById } from "../../api/directory/users-by-id.js";
import { isNotFound } from "../../api/directory/directory-user.js";
import { ApiError } from "../../api/errors.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { EntryKey } from "../../core/people/people-lists.js";
import { entryText, entryUserId } from "../../core/people/people-lists.js";
import { originSources } from "../../core/people/shared-declaration.js";
import type { State } from "../../core/state/state.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { getRecordedUsers } from "../people/recorded-entries.js";
import { getRecordedPeople } from "./recorded-people.js";
import type { ShownChat, ShownMessage } from "./shown.js";

/** The org, user or room to show. */
export type ChatTarget =
  | { readonly type: "room"; readonly jid: string }
  | { readonly type: "user"; readonly id: string }
  | { readonly type: "thread"; readonly id: string }
  | { readonly type: "settings" }
  | { readonly type: "me" };

/**
 * Reads a chat: its attributes, owners, participants, pins and last messages.
 *
 * @param state tells the sources of people
 * @throws ApiError
 */
export async function readChat(
  api: Api,
  target: ChatTarget,
  {
    messages,
    state,
    signal,
  }: { readonly messages: number; readonly state?: State | undefined; readonly signal?: AbortSignal },
): Promise<ShownChat> {
  const get = async (request: ApiRequest): Promise<JsonObject> => {
    const { body } = await api.call(request, signal);
    return isObject(body) ? body : { entities: body ?? [] };
  };
  const own = target.type === "user" ? [...(await readUsersById(api, [target.id], signal)).values()] : [];
  const { from, sources } = getRecordedPeople(
    state,
    target.type === "room" ? target.jid : target.type === "user" ? target.id : "",
  );
  const away = target.type === "user" ? getAwayState(target.id, own[0], state) : undefined;
  const chat = await readParts(get, target, messages, away !== undefined);
  const givers = [
    ...Object.values(sources).flatMap((list) => Object.values(list).flat()),
    ...(from === undefined ? [] : originSources(from)),
  ];
  const ids = [
    ...givers.flatMap((key) => entryUserId(key) ?? []),
    ...chat.owners,
    ...chat.participants,
    ...[...chat.pins, ...chat.messages].flatMap(({ sender }) => sender ?? []),
  ];
  const others = [...new Set(ids)].filter((id) => own.every((one) => one.id !== id));
  const about: readonly Fact[] = target.type === "user" ? userFacts(target.id, own[0]?.email, away) : [];
  const { people, departed } = toPeople([...own, ...(await readUsersById(api, others, signal)).values()]);
  const toText = (key: EntryKey): string => entryText(key, people);
  const origin: readonly Fact[] =
    from === undefined
      ? []
      : [["settingsFrom", `${from.entry} (${originSources(from).map(toText).join(", ")})`]];
  return {
    ...chat,
    facts: [...about, ...chat.facts, ...origin],
    people,
    departed,
    sources: mapValues(sources, (list) => mapValues(list, (keys) => keys.map(toText))),
  };
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  toValue: (value: T) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toValue(value)]));
}

type Fact = ShownChat["facts"][number];

/** Returns the state of a user who departed, or whom only the state of chatform knows; undefined: the user is active. */
function getAwayState(
  id: string,
  user: DirectoryUser | undefined,
  state: State | undefined,
): string | undefined {
  if (user !== undefined) return toPeople([user]).departed[id];
  return Object.values(getRecordedUsers(state)).includes(id) ? "unknown to the directory" : undefined;
}

function userFacts(id: string, email: string | undefined, away: string | undefined): readonly Fact[] {
  return [
    ["user", id],
    ...(email === undefined ? [] : [["email", email] as const]),
    ...(away === undefined ? [] : [["state", away] as const]),
  ];
}

function toPeople(users: readonly DirectoryUser[]): Pick<ShownChat, "people" | "departed"> {
  return {
    people: Object.fromEntries(users.map(({ id, email, name }) => [id, email ?? name ?? id])),
    departed: Object.fromEntries(
      users.flatMap(({ id, state }) => (state === "inactive" || state === "deleted" ? [[id, state]] : [])),
    ),
  };
}

type Parts = Omit<ShownChat, "people" | "departed" | "sources">;

type Get = (request: ApiRequest) => Promise<JsonObject>;

async function readParts(get: Get, target: ChatTarget, messages: number, isAway: boolean): Promise<Parts> {
  const nothing = { facts: [], owners: [], participants: [], pins: [], messages: [] };
  const limit = String(messages);
  switch (target.type) {
    case "settings":
      return { ...nothing, facts: toFacts(await get({ operation: "getChatsSettings" })) };
    case "me":
      return { ...nothing, facts: toFacts(await get({ operation: "getChatsUsersMeSettings" })) };
    case "thread": {
      const params = { threadId: target.id };
      const list = await get({ operation: "getChatsThreadMessages", params, query: { limit } });
      return { ...nothing, facts: [["thread", target.id]], messages: toMessages(list) };
    }
    case "room":
      return readRoom(get, target.jid, messages);
    case "user":
      return readUser(get, target.id, messages, isAway);
    default:
      return target satisfies never;
  }
}

async function readRoom(get: Get, roomJid: string, messages: number): Promise<Parts> {
  const params = { roomJid };
  const [room, participants, history] = await Promise.all([
    get({ operation: "getChatsRoom", params }),
    get({ operation: "getChatsRoomParticipants", params }),
    messages === 0
      ? {}
      : get({ operation: "getChatsRoomMessages", params, query: { limit: String(messages) } }),
  ]);
  const pinned = idsIn(room["pinnedMessages"]);
  const messageIds = pinned.join(",");
  const pins =
    pinned.length === 0
      ? {}
      : await get({ operation: "getChatsRoomMessage", params: { ...params, messageIds } });
  const { subject, name, description, roomType, dateCreated } = room;
  return {
    facts: present([
      ["jid", room["jid"] ?? roomJid],
      ["subject", subject ?? name],
      ["description", description],
      ["type", roomType],
      ["created", dateCreated],
    ]),
    owners: idsIn(room["owners"]).map(canonicalUserId),
    participants: idsIn(
      listIn(participants, "participants").map((one) => (isObject(one) ? (one["user"] ?? null) : null)),
    ).map(canonicalUserId),
    pins: toMessages(pins),
    messages: toMessages(history).slice(-messages),
  };
}

/** @param isAway true for a user who departed, and may have no settings any more */
async function readUser(get: Get, userId: string, messages: number, isAway: boolean): Promise<Parts> {
  const params = { userId };
  const isEmpty = (error: ApiError): boolean => isNotFound(error) || isAway;
  const settingsRead = get({ operation: "getChatsUserSettings", params });
  const [settings, chat, history] = await Promise.all([
    isAway ? orEmpty(settingsRead, isEmpty) : settingsRead,
    orEmpty(get({ operation: "getChatsUser", params }), isEmpty),
    messages === 0
      ? {}
      : orEmpty(
          get({ operation: "getChatsUserMessages", params, query: { limit: String(messages) } }),
          isEmpty,
        ),
  ]);
  const pinned = idsIn(chat["pinnedMessages"]);
  const messageIds = pinned.join(",");
  const pins =
    pinned.length === 0
      ? {}
      : await get({ operation: "getChatsUserMessage", params: { ...params, messageIds } });
  return {
    facts: toFacts(settings),
    owners: [],
    participants: [],
    pins: toMessages(pins),
    messages: toMessages(history).slice(-messages),
  };
}

/** Undocumented: whether a 1:1 chat without messages returns 200 or 404, and what a departed user's returns. Either way it is empty. */
async function orEmpty(
  response: Promise<JsonObject>,
  isEmpty: (error: ApiError) => boolean,
): Promise<JsonObject> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof ApiError && error.failure.outcome === "refused" && isEmpty(error)) return {};
    throw error;
  }
}

/** Returns the members of an object by their dotted names, in order. */
export function toFacts(settings: JsonObject, prefix = ""): readonly (readonly [string, Json])[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined || name === "selfUri") return [];
    return isObject(value) ? toFacts(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as const];
  });
}

function present(
  facts: readonly (readonly [string, Json | undefined])[],
): readonly (readonly [string, Json])[] {
  return facts.flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, value] as const],
  );
}

function listIn(body: JsonObject, name: string): readonly Json[] {
  const list = body[name];
  return isArray(list) ? list : [];
}

function idsIn(list: Json | undefined): readonly string[] {
  return isArray(list)
    ? list.flatMap((one) => (isObject(one) && typeof one["id"] === "string" ? [one["id"]] : []))
    : [];
}

/** Returns the messages of a listing, oldest first. The history of a 1on1 is published as a single message. */
function toMessages(body: JsonObject): readonly ShownMessage[] {
  const list = typeof body["id"] === "string" ? [body] : listIn(body, "entities");
  return list
    .flatMap((one) => (isObject(one) && typeof one["id"] === "string" ? [shown(one, one["id"])] : []))
    .sort((a, b) => Date.parse(a.sent ?? "") - Date.parse(b.sent ?? ""));
}

function shown(message: JsonObject, id: string): ShownMessage {
  const thread = isObject(message["parentThread"]) ? message["parentThread"] : message["thread"];
  const user = message["user"];
  const reactions = listIn(message, "reactions").filter(isObject);
  return {
    id,
    ...(isObject(thread) && typeof thread["id"] === "string" ? { threadId: thread["id"] } : {}),
    ...(isObject(user) && typeof user["id"] === "string" ? { sender: canonicalUserId(user["id"]) } : {}),
    ...(typeof message["dateCreated"] === "string" ? { sent: message["dateCreated"] } : {}),
    edited: message["edited"] === true,
    body: typeof message["body"] === "string" ? message["body"] : "",
    reactions: reactions.flatMap(({ emoji, users }) =>
      typeof emoji === "string" ? [{ emoji, count: idsIn(users).length }] : [],
    ),
  };
}
