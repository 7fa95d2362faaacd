import { toStoredEmoji } from "../org/emoji.js";
import type { Handlers } from "../handler.js";
import { pathParam } from "../handler.js";
import { requireMessage } from "../org/lookup.js";
import { refuse } from "../input/refusal.js";

/** Returns all reactions after a user's change: users in the order of reacting, emojis in the order of first use. */
export function changeReactions(
  before: ReadonlyMap<string, readonly string[]>,
  userId: string,
  given: readonly string[],
  mode: "replace" | "add",
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set(given.map(toStoredEmoji));
  const after = new Map<string, readonly string[]>();
  for (const [emoji, users] of before) {
    const keeps = wanted.has(emoji) || mode === "add";
    const left = keeps ? users : users.filter((id) => id !== userId);
    if (left.length > 0) after.set(emoji, left);
  }
  for (const emoji of wanted) {
    const users = after.get(emoji) ?? [];
    if (!users.includes(userId)) after.set(emoji, [...users, userId]);
  }
  return after;
}

export const reactionHandlers: Handlers<"putChatsMessageReactions"> = {
  putChatsMessageReactions: (call) => {
    const { org, caller, variants, body } = call;
    const { message, content } = requireMessage(org, pathParam(call, "messageId"), "latest");
    if (variants.reactionsOff === "refuse" && !org.settings.latest().reactionsEnabled) {
      throw refuse("bad.request", "Reactions are turned off in the org's chat settings.");
    }
    if (body.reactions.includes("")) throw refuse("invalid.value", "A reaction must not be empty.");
    message.content.write({
      ...content,
      reactions: changeReactions(content.reactions, caller.id, body.reactions, variants.reactionsPut),
    });
    return undefined;
  },
};
