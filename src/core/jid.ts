import type { JsonObject } from "./json/json.js";
import { isObject } from "./json/json.js";

/**
 * Returns the org's domain in a jid, in lower case: `example-org.orgspan.com` for `adhoc-…@conference.Example-Org.orgspan.com`
 * and for a user's `…@Example-Org.orgspan.com`; undefined for an invalid jid.
 */
export function getOrgDomain(jid: string): string | undefined {
  return /^[^@\s]+@(?:conference\.)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/.exec(jid)?.[1]?.toLowerCase();
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Returns the form of an id that is compared with other ids: jids, e-mails and uuids in lower case, other ids unchanged.
 * Undocumented: whether jids are case-sensitive. A request therefore keeps the spelling of the config or of the service.
 */
export function idKey(id: string): string {
  const lower = id.toLowerCase();
  // Hot path: most ids are in lower case.
  return lower === id || id.includes("@") || uuid.test(id) ? lower : id;
}

/** Compares two ids without regard to the spelling of jids and uuids. A missing id equals only a missing id. */
export function sameId(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined ? a === b : idKey(a) === idKey(b);
}

/**
 * Returns the jid of the room of a listed chat; undefined for a 1:1 chat. Undocumented: whether the listing holds the room, or the
 * room's jid only, as the id of the chat.
 */
export function getRoomJid({ id, room }: JsonObject): string | undefined {
  const found = isObject(room) ? (room["jid"] ?? room["id"]) : undefined;
  if (typeof found === "string") return found;
  return typeof id === "string" && id.includes("@conference.") ? id : undefined;
}
