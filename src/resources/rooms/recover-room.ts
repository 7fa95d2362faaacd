import { isSameValue } from "../../core/diff/compare.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Candidate, RecoverRole } from "../../core/kind/recover-role.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { without } from "../../core/state/state.js";
import { creationTime, elements } from "../attributes.js";
import { read } from "../calls.js";
import { textFingerprint } from "../messages/text-fingerprint.js";
import { decodeRoom } from "./room-live.js";

/**
 * Recognizes an uncertain create of a room among the chats of the token's user, by its texts, owners and participants. Undocumented:
 * whether the creator joins the room. So finding none is conclusive only if the request put that user into the room, or that user
 * sent the request and a creator was observed to find a new room.
 */
export const recoverRoom: RecoverRole = {
  similarityKey: ({ body }) => textFingerprint(body["subject"]),
  reads: () => [read("getUsersChatsMe", {}, { query: { excludeClosed: "false" }, pages: "nextUri" })],
  candidates(intent, [response], tokenUser, known) {
    const body = response?.found === true && isObject(response.body) ? response.body : {};
    const entities = isArray(body["entities"]) ? body["entities"] : [];
    const { subject } = intent.body;
    const list = entities
      .flatMap((entity) => (isObject(entity) && isObject(entity["room"]) ? [listedRoom(entity)] : []))
      .filter(({ name }) => name === undefined || textFingerprint(name) === textFingerprint(subject))
      .map(({ room, name }): Candidate => ({
        id: roomId(room),
        created: creationTime(room),
        sameText: isSameValue(name, subject),
        listed: room,
      }))
      .filter(({ id }) => id !== "");
    const isSender = known("creatorFindsRoom") === true && intent.sender === tokenUser;
    const wouldBeListed =
      typeof tokenUser === "string" && (isSender || sentUsers(intent.body).includes(tokenUser));
    return { list, conclusive: wouldBeListed && response?.found === true };
  },
  details: ({ id }) => [
    read("getChatsRoom", { roomJid: id }),
    read("getChatsRoomParticipants", { roomJid: id }),
  ],
  compare({ body }, { listed }, responses, tokenUser) {
    const live = decodeRoom(responses);
    const [details] = responses;
    const created = creationTime(details?.found === true && isObject(details.body) ? details.body : {});
    const alike = textFingerprint(live["subject"]) === textFingerprint(body["subject"]);
    const sent = sentUsers(body);
    const present = elements(live, "/participants");
    const self = typeof tokenUser === "string" ? [tokenUser] : [];
    const strangers = without(present, [...sent, ...self]);
    const missing = without(sent, present);
    const foreignOwners = without(elements(live, "/owners"), self);
    const type = live["roomType"] ?? listed["roomType"];
    const contradictions = [
      ...(type === undefined || type === "adhoc" ? [] : ["it is not an ad hoc room"]),
      ...(isSameValue(live["subject"], body["subject"]) ? [] : ["its subject differs"]),
      ...(isSameValue(live["description"], body["description"] ?? "") ? [] : ["its description differs"]),
      ...(strangers.length === 0
        ? []
        : [`it has participants that the request did not name: ${shortList(strangers)}`]),
      ...(without(self, missing).length === self.length ? [] : ["the token's user is not in it"]),
      ...(sent.length > 0 && missing.length === sent.length
        ? ["it has none of the participants that the request named"]
        : []),
      ...(foreignOwners.length === 0 ? [] : [`it has other owners: ${shortList(foreignOwners)}`]),
    ];
    return { alike, created, exact: contradictions.length === 0 && missing.length === 0, contradictions };
  },
};

/** Undocumented: the members of a room in a listing of chats. Its subject may be listed as the name of the chat. */
function listedRoom(entity: JsonObject): { readonly room: JsonObject; readonly name: Json | undefined } {
  const room = isObject(entity["room"]) ? entity["room"] : {};
  return { room, name: room["subject"] ?? room["name"] ?? entity["name"] };
}

function sentUsers(body: JsonObject): readonly Json[] {
  return elements(body, "/userIds").map((id) => (typeof id === "string" ? canonicalUserId(id) : id));
}

const maxListed = 3;

function shortList(ids: readonly Json[]): string {
  const more = ids.length > maxListed ? ` and ${ids.length - maxListed} more` : "";
  return `${ids.slice(0, maxListed).map(String).join(", ")}${more}`;
}

function roomId(room: JsonObject): string {
  const id = room["jid"] ?? room["id"];
  return typeof id === "string" ? id : "";
}
