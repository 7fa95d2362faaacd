import type { KnownBehavior } from "../../core/behavior/behavior.js";
import { isSameValue } from "../../core/diff/compare.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Candidate, RecoverRole } from "../../core/kind/recover-role.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { unknownPeople, userName } from "../../core/people/org-people.js";
import { creationTime, elements } from "../attributes.js";
import { read } from "../calls.js";
import type { ChatScope } from "./chat-scope.js";
import { textFingerprint } from "./text-fingerprint.js";
import type { Message } from "./message-live.js";
import { referenceId, messagesIn, textsIn } from "./message-live.js";

/** Undocumented: the highest limit that the service accepts. */
const wantedLimit = 100;

/** While the highest limit is unknown, a shorter history counts as complete: no service is known to show so few messages at most. */
const shortHistory = 20;

/** A conclusive history reaches this far back beyond the time of sending: the clocks of two servers may differ. */
const reachMs = 5 * 60_000;

/**
 * Recognizes an uncertain create of a message in the history of its chat, by its text, sender, thread and mentions. Finding none is
 * conclusive only if the history is complete, or its newest part reaches back to before the message was sent.
 */
export function recoverMessage(chat: ChatScope): RecoverRole {
  return {
    similarityKey: ({ container = "", body }) =>
      JSON.stringify([container, textFingerprint(body["message"])]),
    reads: ({ container = "" }, known) => {
      const limit = String(Math.min(wantedLimit, known("historyMax") ?? wantedLimit));
      return [read(chat.history, { [chat.param]: container }, { query: { limit } })];
    },
    candidates(intent, [response], tokenUser, known) {
      if (response === undefined) return { list: [], conclusive: false };
      if (!response.found) return { list: [], conclusive: true };
      const messages = messagesIn(response.body);
      const list = messages
        .filter((message) => textFingerprint(message["body"]) === textFingerprint(intent.body["message"]))
        .filter((message) => !isSentByAnother(message, tokenUser))
        .map((message): Candidate => ({
          id: message.id,
          created: creationTime(message),
          sameText: isSameValue(message["body"], intent.body["message"]),
          listed: message,
        }));
      const since = Date.parse(intent.sent?.from ?? intent.at) - reachMs;
      const reachesBack = messages.some((message) => creationTime(message) < since);
      const limit = Math.min(wantedLimit, known("historyMax") ?? shortHistory);
      const isComplete = showsAll(response.body, messages) && messages.length < limit;
      return { list, conclusive: isComplete || (reachesBack && hasNewest(messages, known)) };
    },
    details: () => [],
    compare({ body }, { listed }, _responses, people) {
      const sender = referenceId(listed, "user");
      const contradictions = [
        ...(isSameValue(listed["body"], body["message"]) ? [] : ["its text differs"]),
        ...(people.tokenUser === null && sender !== undefined
          ? [
              `${userName(canonicalUserId(sender), { ...unknownPeople, ...people })} sent it, and the token has no user`,
            ]
          : []),
        ...threadContradictions(body["threadId"], listed),
        ...mentionContradictions(elements(body, "/mentions"), listed["mentions"]),
      ];
      const exact = contradictions.length === 0 && sender !== undefined;
      return { alike: true, exact, contradictions };
    },
  };
}

/** Undocumented: whether a history with a limit shows the newest messages. Oldest first, it may show the oldest. */
function hasNewest(messages: readonly Message[], known: KnownBehavior): boolean {
  const part = known("historyWindow");
  if (part !== undefined) return part === "newest";
  const [first, last] = [messages[0], messages.at(-1)];
  return first !== undefined && last !== undefined && creationTime(first) >= creationTime(last);
}

function isSentByAnother(message: Message, tokenUser: TokenUser): boolean {
  const sender = referenceId(message, "user");
  return typeof tokenUser === "string" && sender !== undefined && canonicalUserId(sender) !== tokenUser;
}

/** Undocumented: whether a reply shows the thread it was sent to as its own thread or as the parent of its own. */
function threadContradictions(sent: Json | undefined, listed: JsonObject): readonly string[] {
  const parent = referenceId(listed, "parentThread");
  if (sent === undefined) return parent === undefined ? [] : ["it is a reply"];
  return sent === parent || sent === referenceId(listed, "thread") ? [] : ["it is in another thread"];
}

/** Undocumented: the form of the map. A user named anywhere in it counts as mentioned. */
function mentionContradictions(sent: readonly Json[], mentions: Json | undefined): readonly string[] {
  const shown = isObject(mentions) ? Object.keys(mentions).length : 0;
  if (shown === 0) return [];
  if (sent.length === 0) return ["it mentions users that the request did not name"];
  const texts = new Set([...textsIn(mentions)].map((text) => text.toLowerCase()));
  const named = sent.some((id) => typeof id === "string" && texts.has(canonicalUserId(id)));
  return named || shown === sent.length ? [] : ["it mentions other users"];
}

/** Returns false for a single message, as the history of a 1on1 is published: other messages may exist. Without any, none exists. */
function showsAll(body: Json, messages: readonly Message[]): boolean {
  return isArray(body) || (isObject(body) && (isArray(body["entities"]) || messages.length === 0));
}
