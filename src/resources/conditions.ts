import { topLevelAddress } from "../core/address.js";
import type { Condition } from "../core/calls/call.js";
import type { Json } from "../core/json/json.js";
import type { ResourceChange } from "../core/kind/resource-change.js";
import type { ChatScope } from "./messages/chat-scope.js";

/** Reactions are likely refused while the org has them turned off. */
export const reactionsEnabled: Condition = { address: "settings", path: "/reactionsEnabled", value: true };

/**
 * Who has to be in the room for a call in it: whoever makes the call, who may not be let in otherwise, and these people: a
 * mention of somebody who is not there yet notifies nobody.
 */
export function inRoomConditions(
  chat: ChatScope,
  { resource, world }: Pick<ResourceChange, "resource" | "world">,
  people: readonly Json[] = [],
): readonly Condition[] {
  if (chat.scope !== "rooms") return [];
  const address = topLevelAddress(resource.address);
  const there = new Set([...(typeof world.actor === "string" ? [world.actor] : []), ...people]);
  return [...there].map((value) => ({ address, path: "/participants", value }));
}

/** A message is unpinned before it is deleted: nobody knows what a service makes of a pin of what is gone. */
export function unpinnedCondition({ address, id = "" }: ResourceChange["resource"]): Condition {
  return { address: `${topLevelAddress(address)}/pins`, path: "/pinnedMessageIds", value: id, not: true };
}
