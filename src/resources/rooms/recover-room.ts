import { isSameValue } from "../../core/diff/compare.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { getRoomJid } from "../../core/jid.js";
import type { Candidate, RecoverPeople, RecoverRole } from "../../core/kind/recover-role.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import { unknownPeople, userName } from "../../core/people/org-people.js";
import { without } from "../../core/state/state.js";
import { creationTime, elements } from "../attributes.js";
import { read } from "../calls.js";
import { textFingerprint } from "../messages/text-fingerprint.js";
import { decodeRoom } from "./room-live.js";

/**
 * Recognizes an uncertain create of a room among the chats of the token's user, by its texts, owners and participants. The owners and
 * participants that later calls of the same change add may show: a kill can lose the response that was followed by them. Undocumented:
 * whether the creator joins the room, and whether a room without messages is listed. So finding none is conclusive only if that user
 * sent the request and a creator was observed to find a new room, or if the request put that user into the room and a participant
 * was not observed to miss one.
 */
export const recoverRoom: RecoverRole = {
  similarityKey: ({ body }) => textFingerprint(body["subject"]),
  reads: () => [read("getUsersChatsMe", {}, { query: { excludeClosed: "false" }, pages: "nextUri" })],
  candidates(intent, [response], tokenUser, known) {
    const body = response?.found === true && isObject(response.body) ? response.body : {};
    const entities = isArray(body["entities"]) ? body["entities"] : [];
    const { subject } = intent.body;
    const rooms = entities.flatMap((entity) => (isObject(entity) ? listedRooms(entity) : []));
    const list = rooms
      .filter(({ name }) => name === undefined || textFingerprint(name) === textFingerprint(subject))
      .map(({ id, room, name }): Candidate => ({
        ...{ id, created: creationTime(room), sameText: isSameValue(name, subject), listed: room },
      }));
    const finds = known("creatorFindsRoom") === true && intent.sender === tokenUser;
    const isNamed = typeof tokenUser === "string" && sentUsers(intent.body).includes(tokenUser);
    const wouldBeListed = finds || (isNamed && known("participantFindsRoom") !== false);
    const conclusive = typeof tokenUser === "string" && wouldBeListed && response?.found === true;
    return { list, conclusive, listed: rooms.map(({ id }) => id) };
  },
  details: ({ id }) => [
    read("getChatsRoom", { roomJid: id }),
    read("getChatsRoomParticipants", { roomJid: id }),
  ],
  compare({ body, later = {} }, { listed }, responses, people) {
    const { tokenUser } = people;
    const live = decodeRoom(responses);
    const [details] = responses;
    const created = creationTime(details?.found === true && isObject(details.body) ? details.body : {});
    const alike = textFingerprint(live["subject"]) === textFingerprint(body["subject"]);
    const sent = sentUsers(body);
    const present = elements(live, "/participants");
    const self = typeof tokenUser === "string" ? [tokenUser] : [];
    const strangers = without(present, [...sent, ...self, ...elements(later, "/participants")]);
    const missing = without(sent, present);
    const foreignOwners = without(elements(live, "/owners"), [...self, ...elements(later, "/owners")]);
    const type = live["roomType"] ?? listed["roomType"];
    const contradictions = [
      ...(type === undefined || type === "adhoc" ? [] : ["it is not an ad hoc room"]),
      ...(isSameValue(live["subject"], body["subject"]) ? [] : ["its subject differs"]),
      ...(isSameValue(live["description"], body["description"] ?? "") ? [] : ["its description differs"]),
      ...(strangers.length === 0
        ? []
        : [`it has participants that the request did not name: ${shortList(strangers, people)}`]),
      ...(without(self, missing).length === self.length ? [] : ["the token's user is not in it"]),
      ...(sent.length > 0 && missing.length === sent.length
        ? ["it has none of the participants that the request named"]
        : []),
      ...(foreignOwners.length === 0 ? [] : [`it has other owners: ${shortList(foreignOwners, people)}`]),
    ];
    return { alike, created, exact: contradictions.length === 0 && missing.length === 0, contradictions };
  },
};

interface ListedRoom {
  readonly id: string;
  readonly room: JsonObject;
  readonly name: Json | undefined;
}

/** Undocumented: the members of a room in a listing of chats. Its subject may be listed as the name of the chat. */
function listedRooms(entity: JsonObject): readonly ListedRoom[] {
  const id = getRoomJid(entity);
  const room = isObject(entity["room"]) ? entity["room"] : {};
  return id === undefined ? [] : [{ id, room, name: room["subject"] ?? room["name"] ?? entity["name"] }];
}

function sentUsers(body: JsonObject): readonly Json[] {
  return elements(body, "/userIds").map((id) => (typeof id === "string" ? canonicalUserId(id) : id));
}

const maxListed = 3;

function shortList(ids: readonly Json[], people: RecoverPeople): string {
  const known = { ...unknownPeople, ...people };
  const toName = (id: Json): string => (typeof id === "string" ? userName(id, known) : JSON.stringify(id));
  const more = ids.length > maxListed ? ` and ${ids.length - maxListed} more` : "";
  return `${ids.slice(0, maxListed).map(toName).join(", ")}${more}`;
}
