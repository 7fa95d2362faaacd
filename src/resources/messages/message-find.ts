import { isSameValue } from "../../core/plan/compare.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Candidate, RecoverRole } from "../../core/kind/recover-role.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { elements } from "../attributes.js";
import { read } from "../calls.js";
import type { ChatScope } from "./chat-scope.js";
import { textFingerprint } from "./text-fingerprint.js";
import type { Message } from "./message-live.js";
import { referenceId, messagesIn, textsIn } from "./message-live.js";

/** More than are sent while a run is stopped and started again; few enough for any service. */
const limit = "100";

/** A history of fewer messages than any known default limit is whole. */
const shortHistory = 20;

/** How far back a history has to reach to be conclusive, beyond the moment of sending: the clocks of two servers may differ. */
const reachMs = 5 * 60_000;

/**
 * Recognizes a message whose sending was not confirmed: in the history of its chat, by its text, sender, thread and mentions. The
 * history is conclusive only if it reaches back to before the message was sent.
 */
export function findMessage(chat: ChatScope): RecoverRole {
  return {
    similarityKey: ({ container = "", body }) =>
      JSON.stringify([container, textFingerprint(body["message"])]),
    reads: ({ container = "" }) => [read(chat.history, { [chat.param]: container }, { query: { limit } })],
    candidates(intent, [answer], { actor }) {
      if (answer === undefined) return { list: [], conclusive: false };
      if (!answer.found) return { list: [], conclusive: true };
      const messages = messagesIn(answer.body);
      const list = messages
        .filter((message) => textFingerprint(message["body"]) === textFingerprint(intent.body["message"]))
        .filter((message) => !isSentByAnother(message, actor))
        .map((message): Candidate => ({
          id: message.id,
          created: sentAt(message),
          sameText: isSameValue(message["body"], intent.body["message"]),
          listed: message,
        }));
      const since = Date.parse(intent.sent?.from ?? intent.at) - reachMs;
      const reachesBack = messages.some((message) => sentAt(message) < since);
      const whole = isListing(answer.body) && messages.length < shortHistory;
      return { list, conclusive: reachesBack || whole };
    },
    details: () => [],
    compare({ body }, { listed }, _answers, { actor }) {
      const sender = referenceId(listed, "user");
      const contradictions = [
        ...(isSameValue(listed["body"], body["message"]) ? [] : ["its text differs"]),
        ...(actor === null && sender !== undefined ? [`${sender} sent it, and the token has no user`] : []),
        ...threadContradictions(body["threadId"], listed),
        ...mentionContradictions(elements(body, "/mentions"), listed["mentions"]),
      ];
      const exact = contradictions.length === 0 && sender !== undefined;
      return { alike: true, exact, contradictions };
    },
  };
}

function isSentByAnother(message: Message, actor: string | null | undefined): boolean {
  const sender = referenceId(message, "user");
  return typeof actor === "string" && sender !== undefined && canonicalUserId(sender) !== actor;
}

/** Undocumented: whether a reply shows the thread that it was sent to as its own thread, or as the parent of its own. */
function threadContradictions(sent: Json | undefined, listed: JsonObject): readonly string[] {
  const parent = referenceId(listed, "parentThread");
  if (sent === undefined) return parent === undefined ? [] : ["it is a reply"];
  return sent === parent || sent === referenceId(listed, "thread") ? [] : ["it is in another thread"];
}

/** Undocumented: the form of the map. Whoever is named anywhere in it is mentioned. */
function mentionContradictions(sent: readonly Json[], mentions: Json | undefined): readonly string[] {
  const shown = isObject(mentions) ? Object.keys(mentions).length : 0;
  if (shown === 0) return [];
  if (sent.length === 0) return ["it mentions people whom the request did not name"];
  const texts = new Set([...textsIn(mentions)].map((text) => text.toLowerCase()));
  const named = sent.some((id) => typeof id === "string" && texts.has(canonicalUserId(id)));
  return named || shown === sent.length ? [] : ["it mentions other people"];
}

/** A single message, as a 1on1's history is published, says nothing about others. */
function isListing(body: Json): boolean {
  return isArray(body) || (isObject(body) && isArray(body["entities"]));
}

function sentAt(message: Message): number {
  const date = message["dateCreated"];
  return typeof date === "string" ? Date.parse(date) : Number.NaN;
}
