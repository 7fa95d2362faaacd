import { isSameValue } from "../../core/plan/compare.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Candidate, RecoverRole } from "../../core/kind/recover-role.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { without } from "../../core/state/state.js";
import { elements } from "../attributes.js";
import { read } from "../calls.js";
import { textFingerprint } from "../messages/text-fingerprint.js";
import { decodeRoom } from "./room-live.js";

/**
 * Recognizes a room whose creation was not confirmed: among the chats of the token's user, by its texts and people. Undocumented:
 * whether a creator joins a room. So finding none proves that there is none only where the request put that user into it.
 */
export const findRoom: RecoverRole = {
  similarityKey: ({ body }) => textFingerprint(body["subject"]),
  reads: () => [read("getUsersChatsMe", {}, { query: { excludeClosed: "false" }, pages: "nextUri" })],
  candidates(intent, [answer], { actor }) {
    const body = answer?.found === true && isObject(answer.body) ? answer.body : {};
    const entities = isArray(body["entities"]) ? body["entities"] : [];
    const { subject } = intent.body;
    const list = entities
      .flatMap((entity) => (isObject(entity) && isObject(entity["room"]) ? [listedRoom(entity)] : []))
      .filter(({ name }) => name === undefined || textFingerprint(name) === textFingerprint(subject))
      .map(({ room, name }): Candidate => ({
        id: idOf(room),
        created: createdAt(room),
        sameText: isSameValue(name, subject),
        listed: room,
      }))
      .filter(({ id }) => id !== "");
    const wouldBeListed = typeof actor === "string" && peopleSent(intent.body).includes(actor);
    return { list, conclusive: wouldBeListed && answer?.found === true };
  },
  details: ({ id }) => [
    read("getChatsRoom", { roomJid: id }),
    read("getChatsRoomParticipants", { roomJid: id }),
  ],
  compare({ body }, { listed }, answers, { actor }) {
    const live = decodeRoom(answers);
    const [details] = answers;
    const created = createdAt(details?.found === true && isObject(details.body) ? details.body : {});
    const alike = textFingerprint(live["subject"]) === textFingerprint(body["subject"]);
    const sent = peopleSent(body);
    const present = elements(live, "/participants");
    const self = typeof actor === "string" ? [actor] : [];
    const strangers = without(present, [...sent, ...self]);
    const missing = without(sent, present);
    const foreignOwners = without(elements(live, "/owners"), self);
    const type = live["roomType"] ?? listed["roomType"];
    const contradictions = [
      ...(type === undefined || type === "adhoc" ? [] : ["it is no ad hoc room"]),
      ...(isSameValue(live["subject"], body["subject"]) ? [] : ["its subject differs"]),
      ...(isSameValue(live["description"], body["description"] ?? "") ? [] : ["its description differs"]),
      ...(strangers.length === 0
        ? []
        : [`it holds people whom the request did not name: ${shortList(strangers)}`]),
      ...(without(self, missing).length === self.length ? [] : ["the token's user is not in it"]),
      ...(sent.length > 0 && missing.length === sent.length
        ? ["it holds nobody whom the request named"]
        : []),
      ...(foreignOwners.length === 0 ? [] : [`it is owned by somebody else: ${shortList(foreignOwners)}`]),
    ];
    return { alike, created, exact: contradictions.length === 0 && missing.length === 0, contradictions };
  },
};

/** Undocumented: how much of a room a listing of chats holds. Its subject may stand as the name of the chat. */
function listedRoom(entity: JsonObject): { readonly room: JsonObject; readonly name: Json | undefined } {
  const room = isObject(entity["room"]) ? entity["room"] : {};
  return { room, name: room["subject"] ?? room["name"] ?? entity["name"] };
}

function peopleSent(body: JsonObject): readonly Json[] {
  return elements(body, "/userIds").map((id) => (typeof id === "string" ? canonicalUserId(id) : id));
}

/** So many ids say enough. */
const maxListed = 3;

function shortList(ids: readonly Json[]): string {
  const more = ids.length > maxListed ? ` and ${ids.length - maxListed} more` : "";
  return `${ids.slice(0, maxListed).map(String).join(", ")}${more}`;
}

function idOf(room: JsonObject): string {
  const id = room["jid"] ?? room["id"];
  return typeof id === "string" ? id : "";
}

function createdAt(room: JsonObject): number {
  const date = room["dateCreated"];
  return typeof date === "string" ? Date.parse(date) : Number.NaN;
}
