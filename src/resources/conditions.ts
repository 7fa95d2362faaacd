import { topLevelAddress } from "../core/address.js";
import type { Condition } from "../core/calls/call.js";
import type { Json } from "../core/json/json.js";
import type { ResourceChange } from "../core/kind/resource-change.js";
import type { ChatScope } from "./messages/chat-scope.js";

/** Undocumented: whether reactions are refused while the org has them turned off. */
export const reactionsEnabled: Condition = { address: "settings", path: "/reactionsEnabled", value: true };

/**
 * Returns the conditions that users are in the room before a call in it: the token's user, who may not be allowed in otherwise, and
 * `users`, since mentioning a user who is not in the room notifies nobody.
 */
export function inRoomConditions(
  chat: ChatScope,
  { resource, tokenUser }: Pick<ResourceChange, "resource" | "tokenUser">,
  users: readonly Json[] = [],
): readonly Condition[] {
  if (chat.scope !== "rooms") return [];
  const address = topLevelAddress(resource.address);
  const present = new Set([...(typeof tokenUser === "string" ? [tokenUser] : []), ...users]);
  return [...present].map((value) => ({ address, path: "/participants", value }));
}

/** Returns the condition that a message is unpinned before it is deleted. Undocumented: the fate of a deleted message's pin. */
export function unpinnedCondition({ address, id = "" }: ResourceChange["resource"]): Condition {
  return { address: `${topLevelAddress(address)}/pins`, path: "/pinnedMessageIds", value: id, not: true };
}
