import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { ReadResponse } from "../../core/kind/read.js";
import { userReferenceIds } from "../attributes.js";

/** The attributes of a room, of what its reads show. */
export function decodeRoom(answers: readonly ReadResponse[]): JsonObject {
  const bodies = answers.flatMap((answer) => (answer.found && isObject(answer.body) ? [answer.body] : []));
  return Object.assign({}, ...bodies.map(decodeBody)) as JsonObject;
}

function decodeBody(body: JsonObject): JsonObject {
  const participants = body["participants"];
  if (Array.isArray(participants)) {
    const users = participants.map((one: Json) => (isObject(one) ? (one["user"] ?? null) : null));
    return { participants: userReferenceIds(users) };
  }
  return {
    // An ad hoc room shows its subject; a room without one has a name.
    subject: body["subject"] ?? body["name"],
    description: body["description"] ?? "",
    owners: userReferenceIds(body["owners"]),
    roomType: body["roomType"],
    ...(isCount(body["participantLimit"]) ? { participantLimit: body["participantLimit"] } : {}),
  };
}

function isCount(value: Json | undefined): boolean {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
