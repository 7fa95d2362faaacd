import { sameValue } from "../core/compare.js";
import { byCodeUnit, isArray, isObject } from "../core/json.js";
import type { JsonObject } from "../core/json.js";
import type { Find } from "../core/kind.js";
import { elements } from "./attributes.js";
import { read } from "./call.js";

/** How far the service's clock may be behind ours. */
const skewMs = 5 * 60_000;

/**
 * Finds a room whose creation was not answered: among the acting user's chats, by subject and time. Only when the
 * acting user was put into the room does finding none prove that there is none: nobody outside knows whether a creator is joined.
 */
export const findRoom: Find = {
  reads: () => [read("getUsersChatsMe", {}, { query: { excludeClosed: "false" }, pages: "nextUri" })],
  candidates(intent, [answer], { actor }) {
    const body = answer?.found === true && isObject(answer.body) ? answer.body : {};
    const entities = isArray(body["entities"]) ? body["entities"] : [];
    const since = Date.parse(intent.at) - skewMs;
    const rooms = entities
      .flatMap((entity) => (isObject(entity) && isObject(entity["room"]) ? [entity["room"]] : []))
      .filter((room) => sameValue(room["subject"] ?? room["name"], intent.body["subject"]))
      .map((room) => ({ id: idOf(room), created: createdAt(room) }));
    const same = rooms
      .filter(({ id }) => id !== "")
      .sort((a, b) => a.created - b.created || byCodeUnit(a.id, b.id));
    const inRoom = typeof actor === "string" && elements(intent.body, "/userIds").includes(actor);
    const datesKnown = rooms.every(({ created }) => !Number.isNaN(created));
    return {
      ids: same.filter(({ created }) => created >= since).map(({ id }) => id),
      older: same.filter(({ created }) => created < since).map(({ id }) => id),
      conclusive: inRoom && datesKnown && answer?.found === true,
    };
  },
};

function idOf(room: JsonObject): string {
  const id = room["jid"] ?? room["id"];
  return typeof id === "string" ? id : "";
}

function createdAt(room: JsonObject): number {
  const date = room["dateCreated"];
  return typeof date === "string" ? Date.parse(date) : Number.NaN;
}
