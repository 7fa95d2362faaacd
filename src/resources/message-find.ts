import { byCodeUnit } from "../core/json.js";
import type { Find } from "../core/kind.js";
import { read } from "./call.js";
import type { ChatScope } from "./chat-scope.js";
import { messagesIn } from "./message-live.js";

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
      if (answer === undefined) return { ids: [], conclusive: false };
      if (!answer.found) return { ids: [], conclusive: true };
      const since = Date.parse(intent.at) - skewMs;
      const messages = messagesIn(answer.body).map((message) => ({
        message,
        sent: Date.parse(message.dateCreated ?? ""),
      }));
      const found = messages
        .filter(({ sent }) => sent >= since)
        .filter(({ message }) => message.body === intent.body["message"])
        .filter(({ message }) => typeof actor !== "string" || (message.user?.id ?? actor) === actor)
        .sort((a, b) => a.sent - b.sent || byCodeUnit(a.message.id, b.message.id));
      // Fewer than were asked for: that is all there is. (A service that gives fewer at most reaches back far enough
      // only if something older than the message is among them.)
      const reachesBack = messages.length === 0 || messages.some(({ sent }) => sent < since);
      const whole = messages.length < shortHistory;
      return { ids: found.map(({ message }) => message.id), conclusive: reachesBack || whole };
    },
  };
}

/** A history of fewer messages than any known default limit is whole. */
const shortHistory = 20;
