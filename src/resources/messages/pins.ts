import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Goal, ResourceChange } from "../../core/kind/resource-change.js";
import type { Kind } from "../../core/kind/kind.js";
import type { NameLookup, BlockPath, Problem } from "../../core/kind/declaration.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import type { CallDraft } from "../../core/calls/call.js";
import type { Finding } from "../../core/plan/change.js";
import type { Id, Ref } from "../../core/calls/reference.js";
import { resourceRef } from "../../core/calls/reference.js";
import { union, without } from "../../core/state/state.js";
import { elements, referenceIds, setDifference } from "../attributes.js";
import { call, read } from "../calls.js";
import type { ChatScope } from "./chat-scope.js";
import { roomScope, userScope } from "./chat-scope.js";
import { inRoomConditions } from "../conditions.js";
import type { ChatBlock } from "./message-schema.js";
import { pinDeclarations } from "./message-schema.js";
import { maxPins } from "../names.js";
import { duplicateItems } from "../duplicate-items.js";

const path = "/pinnedMessageIds";

/** What is pinned in a room. */
export const roomPins = pinsKind(roomScope, "chat_room_pins", "room's pins");
/** What is pinned in the 1on1 with a user. */
export const userPins = pinsKind(userScope, "chat_user_pins", "1on1's pins");

function pinsKind(chat: ChatScope, type: string, title: string): Kind<ChatBlock> {
  const name = `${chat.scope}/*/pins`;
  return {
    name,
    type,
    title,
    operations: [chat.read, chat.pin, chat.unpin].sort(),
    at: `${chat.scope}/*`,
    declares: pinDeclarations(chat.scope),
    sets: [path],
    people: [],
    adopts: false,
    restores: false,
    check: (block, place) => check(chat, block, place),
    expand: (block, place) => expand(chat, name, block, place),
    reads: ({ id = "" }) => [read(chat.read, { [chat.param]: id })],
    decode(_resource, [answer]) {
      // Undocumented: whether a 1on1 without a message answers 200 or 404. Either way nothing is pinned in it.
      if (answer?.found === false && chat.scope === "users")
        return { present: true, attributes: { pinnedMessageIds: [] } };
      if (answer?.found !== true || !isObject(answer.body)) return { present: false };
      return { present: true, attributes: { pinnedMessageIds: referenceIds(answer.body["pinnedMessages"]) } };
    },
    needsActor: () => "no",
    goal,
    calls: (change) => calls(chat, change),
    remarks: (change) => fullRemarks(change),
    countable: (live) => elements(live, path).length,
    remove: ({ applied }, { containerRemoved: containerLeaves }) =>
      containerLeaves
        ? { action: "forget" }
        : {
            action: "reset",
            reads: { pinnedMessageIds: [] },
            goal: (live) => ({
              pinnedMessageIds: without(elements(live, path), elements(applied ?? {}, path)),
            }),
          },
    whole: { pinnedMessageIds: [] },
    express: (_resource, live, names) => express(live, names),
  };
}

/** Pins of messages that are exported too are written with them. */
function express(live: JsonObject, { address }: NameLookup): JsonObject {
  const ids = elements(live, path).filter((id) => typeof id === "string");
  const messages = ids.flatMap((id): [string, JsonObject][] => {
    const message = address(id);
    return message === undefined ? [] : [[message.slice(message.lastIndexOf("/") + 1), { pinned: true }]];
  });
  const others = ids.filter((id) => address(id) === undefined);
  return {
    ...(messages.length === 0 ? {} : { messages: Object.fromEntries(messages) }),
    ...(others.length === 0 ? {} : { pinnedMessageIds: others }),
  };
}

function pinnedNames({ messages = {} }: ChatBlock): readonly string[] {
  return Object.entries(messages).flatMap(([name, { pinned }]) => (pinned === true ? [name] : []));
}

function check(chat: ChatScope, block: ChatBlock, place: BlockPath): readonly Problem[] {
  const names = pinnedNames(block);
  const ids = block.pinnedMessageIds ?? [];
  const count = names.length + ids.length;
  const twice = duplicateItems(block.pinnedMessageIds, `${place.pointer}${path}`);
  if (count <= maxPins) return twice;
  const which = [
    ...names.map((name) => `messages/${name}`),
    ...(ids.length === 0 ? [] : [`${ids.length} in pinnedMessageIds`]),
  ].join(", ");
  return [
    ...twice,
    {
      code: "too-many-pins",
      summary: "Too many pins",
      detail: `At most ${maxPins} messages can be pinned in a ${chat.scope === "rooms" ? "room" : "1on1"}; these are ${count}: ${which}.`,
      help: "Unpin some of them: pinned: false, or fewer pinnedMessageIds.",
      pointer: place.pointer,
      atKey: true,
    },
  ];
}

function expand(
  chat: ChatScope,
  kind: string,
  block: ChatBlock,
  { names: [key = ""], pointer }: BlockPath,
): readonly Resource[] {
  const { messages = {}, pinnedMessageIds } = block;
  const mentioned = Object.values(messages).some(({ pinned }) => pinned !== undefined);
  if (!mentioned && pinnedMessageIds === undefined) return [];
  const base = chat.address(key);
  const refsTo = (wanted: boolean): readonly Ref[] =>
    Object.entries(messages)
      .filter(([, { pinned }]) => pinned === wanted)
      .map(([name]) => resourceRef(`${base}/messages/${name}`, "id"));
  const unpinned = refsTo(false);
  return [
    {
      address: `${base}/pins`,
      kind,
      id: chat.id(key),
      attributes: { pinnedMessageIds: [...refsTo(true), ...(pinnedMessageIds ?? [])] },
      options: { exact: pinnedMessageIds !== undefined, ...(unpinned.length === 0 ? {} : { unpinned }) },
      pointer: pinnedMessageIds === undefined ? pointer : `${pointer}/pinnedMessageIds`,
    },
  ];
}

/**
 * Pins of others stay, unless `pinnedMessageIds` is declared; our own go when they are not declared any more, and those of
 * messages that are declared as not pinned, whoever pinned them.
 */
function goal({ attributes, options, applied }: ResolvedResource, live: JsonObject): Goal {
  const wanted = elements(attributes, path);
  if (options?.["exact"] === true) return { attributes: { pinnedMessageIds: wanted } };
  const gone = [...elements(applied ?? {}, path), ...elements(options ?? {}, "/unpinned")];
  const others = without(elements(live, path), gone);
  return { attributes: { pinnedMessageIds: union(wanted, others) } };
}

function calls(chat: ChatScope, change: ResourceChange): readonly CallDraft[] {
  const { added, removed } = setDifference(change, path);
  const id: Id = change.resource.id ?? change.resource.idFrom ?? "";
  const removes = removed.map((pinned) =>
    call(chat.unpin, {
      params: { [chat.param]: id, pinnedMessageId: pinned as Id },
      while: inRoomConditions(chat, change),
      effects: [{ path, remove: [pinned] }],
    }),
  );
  // Room is made first: there is a most.
  const follows = removes.map((_remove, at) => at);
  const add = call(chat.pin, {
    params: { [chat.param]: id },
    body: { pinnedMessageIds: added },
    follows,
    while: inRoomConditions(chat, change),
    effects: [{ path, add: added }],
  });
  return [...removes, ...(added.length === 0 ? [] : [add])];
}

/** More pins than there can be: what was not declared is in the way. */
function fullRemarks(change: ResourceChange): readonly Finding[] {
  const { added } = setDifference(change, path);
  const count = elements(change.after, path).length;
  if (added.length === 0 || count <= maxPins) return [];
  const text =
    `There would be ${count} pins, with those that others have made, and there can be ${maxPins}: the service will likely ` +
    "refuse this. Unpin some in the chat, or declare pinnedMessageIds: then all pins that it doesn't list are removed.";
  return [{ code: "pins-full", severity: "warning", text }];
}
