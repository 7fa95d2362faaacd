import { sameValue } from "../core/compare.js";
import type { Json } from "../core/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json.js";
import type { Find } from "../core/kind.js";
import { canonicalUserId } from "../core/reference.js";
import { read } from "./call.js";
import type { ChatScope } from "./chat-scope.js";
import type { Message } from "./message-live.js";
import { memberId, messagesIn } from "./message-live.js";

/** How far the service's clock may be behind ours. */
const skewMs = 5 * 60_000;

/** More than are sent while a run is stopped and started again; few enough for any service. */
const limit = "100";

/**
 * Finds a message whose sending was not answered: in the history since then, by its text and sender. The history is
 * conclusive only if it reaches back to before the message was sent.
 */
export function findMessage(chat: ChatScope): Find {
  return {
    reads: ({ container = "" }) => [read(chat.history, { [chat.param]: container }, { query: { limit } })],
    candidates(intent, [answer], { actor }) {
      if (answer === undefined) return { ids: [], older: [], conclusive: false };
      if (!answer.found) return { ids: [], older: [], conclusive: true };
      const since = Date.parse(intent.at) - skewMs;
      const messages = messagesIn(answer.body).map((message) => ({ message, sent: sentAt(message) }));
      const same = messages
        .filter(({ message }) => sameValue(message["body"], intent.body["message"]))
        .filter(
          ({ message }) =>
            typeof actor !== "string" || canonicalUserId(memberId(message, "user") ?? actor) === actor,
        )
        .sort((a, b) => a.sent - b.sent || byCodeUnit(a.message.id, b.message.id));
      const reachesBack = messages.some(({ sent }) => sent < since);
      const whole = isListing(answer.body) && messages.length < shortHistory;
      const dated = messages.every(({ sent }) => !Number.isNaN(sent));
      const idsOf = (wanted: (sent: number) => boolean): readonly string[] =>
        same.filter(({ sent }) => wanted(sent)).map(({ message }) => message.id);
      return {
        ids: idsOf((sent) => sent >= since),
        older: idsOf((sent) => sent < since),
        conclusive: dated && (reachesBack || whole),
      };
    },
  };
}

/** A history of fewer messages than any known default limit is whole. */
const shortHistory = 20;

/** A single message, as a 1on1's history is published, says nothing about others. */
function isListing(body: Json): boolean {
  return isArray(body) || (isObject(body) && isArray(body["entities"]));
}

function sentAt(message: Message): number {
  const date = message["dateCreated"];
  return typeof date === "string" ? Date.parse(date) : Number.NaN;
}
