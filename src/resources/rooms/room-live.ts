import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { ReadResponse } from "../../core/kind/read.js";
import { userReferenceIds } from "../attributes.js";

/** Returns the attributes of a room in the responses to its reads. */
export function decodeRoom(responses: readonly ReadResponse[]): JsonObject {
  const bodies = responses.flatMap((response) =>
    response.found && isObject(response.body) ? [response.body] : [],
  );
  return Object.assign({}, ...bodies.map(decodeBody)) as JsonObject;
}

function decodeBody(body: JsonObject): JsonObject {
  const participants = body["participants"];
  if (Array.isArray(participants)) {
    const users = participants.map((entry: Json) => (isObject(entry) ? (entry["user"] ?? null) : null));
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
