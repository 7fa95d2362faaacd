import type { CallDraft } from "../../core/calls/call.js";
import type { Id, Ref } from "../../core/calls/reference.js";
import { resourceRef } from "../../core/calls/reference.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { BlockPath, NameLookup, Problem } from "../../core/kind/declaration.js";
import { defineKind } from "../../core/kind/define-kind.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Goal, ResourceChange } from "../../core/kind/resource-change.js";
import type { Resource, ResolvedResource } from "../../core/kind/resource.js";
import type { Finding } from "../../core/plan/change.js";
import { union, without } from "../../core/state/state.js";
import { elements, referenceIds, setDifference, textElements } from "../attributes.js";
import { call, read } from "../calls.js";
import { inRoomConditions } from "../conditions.js";
import { duplicateItems } from "../duplicate-items.js";
import { maxPins } from "../names.js";
import type { ChatScope } from "./chat-scope.js";
import { roomScope, userScope } from "./chat-scope.js";
import type { ChatBlock } from "./message-schema.js";
import { pinDeclarations } from "./message-schema.js";

const path = "/pinnedMessageIds";

/** The pins of a room. */
export const roomPins = pinsKind(roomScope, "chat_room_pins", "room's pins");
/** The pins of the 1on1 with a user. */
export const userPins = pinsKind(userScope, "chat_user_pins", "1on1's pins");

function pinsKind(chat: ChatScope, type: string, title: string): Kind<ChatBlock> {
  const name = `${chat.scope}/*/pins`;
  return defineKind<ChatBlock>({
    name,
    type,
    title,
    declare: {
      at: `${chat.scope}/*`,
      schema: pinDeclarations(chat.scope),
      check: (block, blockPath) => check(chat, block, blockPath),
      expand: (block, blockPath) => expand(chat, name, block, blockPath),
      toBlock,
    },
    live: {
      attributes: { [path]: { set: true } },
      reads: ({ id = "" }) => [read(chat.read, { [chat.param]: id })],
      decode(_resource, [response]) {
        // Undocumented: whether a 1on1 without messages responds with 200 or 404. Either way it has no pins.
        if (response?.found === false && chat.scope === "users")
          return { present: true, attributes: { pinnedMessageIds: [] } };
        if (response?.found !== true || !isObject(response.body)) return { present: false };
        const pinnedMessageIds = referenceIds(response.body["pinnedMessages"]);
        return { present: true, attributes: { pinnedMessageIds } };
      },
    },
    plan: {
      goal,
      calls: (change) => calls(chat, change),
      findings,
      countItems: (live) => elements(live, path).length,
      remove: ({ applied }, { containerRemoved }) =>
        containerRemoved
          ? { action: "forget" }
          : {
              action: "reset",
              reads: { pinnedMessageIds: [] },
              goal: (live) => ({
                pinnedMessageIds: without(elements(live, path), elements(applied ?? {}, path)),
              }),
            },
    },
  });
}

/** Returns pins of exported messages as members of those messages, the others by id. */
function toBlock(_resource: ResolvedResource, live: JsonObject, { address }: NameLookup): JsonObject {
  const ids = textElements(live, path);
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

/** Hot path: most users have settings only. */
function mayPin({ messages, pinnedMessageIds }: ChatBlock): boolean {
  return messages !== undefined || pinnedMessageIds !== undefined;
}

function pinnedNames({ messages = {} }: ChatBlock): readonly string[] {
  return Object.entries(messages).flatMap(([name, { pinned }]) => (pinned === true ? [name] : []));
}

function check(chat: ChatScope, block: ChatBlock, { pointer }: BlockPath): readonly Problem[] {
  if (!mayPin(block)) return [];
  const names = pinnedNames(block);
  const ids = block.pinnedMessageIds ?? [];
  const count = names.length + ids.length;
  const duplicates = duplicateItems(block.pinnedMessageIds, `${pointer}${path}`);
  if (count <= maxPins) return duplicates;
  const which = [
    ...names.map((name) => `messages/${name}`),
    ...(ids.length === 0 ? [] : [`${ids.length} in pinnedMessageIds`]),
  ].join(", ");
  return [
    ...duplicates,
    {
      code: "too-many-pins",
      summary: "Too many pins",
      detail: `At most ${maxPins} messages can be pinned in a ${chat.scope === "rooms" ? "room" : "1on1"}; ${count} are declared: ${which}.`,
      help: "Unpin some of them: set pinned: false, or list fewer pinnedMessageIds.",
      pointer,
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
  if (!mayPin(block)) return [];
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
 * Returns the desired pins. Pins by others are kept unless `pinnedMessageIds` is declared. Removed are applied pins that are no longer
 * declared, and pins of messages with `pinned: false`.
 */
function goal({ attributes, options, applied }: ResolvedResource, live: JsonObject): Goal {
  const wanted = elements(attributes, path);
  if (options?.["exact"] === true) return { attributes: { pinnedMessageIds: wanted } };
  const dropped = [...elements(applied ?? {}, path), ...elements(options ?? {}, "/unpinned")];
  const others = without(elements(live, path), dropped);
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
  // Unpins first: the number of pins is limited.
  const follows = [...removes.keys()];
  const add = call(chat.pin, {
    params: { [chat.param]: id },
    body: { pinnedMessageIds: added },
    follows,
    while: inRoomConditions(chat, change),
    effects: [{ path, add: added }],
  });
  return [...removes, ...(added.length === 0 ? [] : [add])];
}

/** Returns a warning if pins that are not declared leave no space. */
function findings(change: ResourceChange): readonly Finding[] {
  const { added } = setDifference(change, path);
  const count = elements(change.after, path).length;
  if (added.length === 0 || count <= maxPins) return [];
  const text =
    `There would be ${count} pins, including pins by others, and at most ${maxPins} are possible: the service may refuse this. ` +
    "Unpin some in the chat, or declare pinnedMessageIds: then all pins that it does not list are removed.";
  return [{ code: "pins-full", severity: "warning", text }];
}
