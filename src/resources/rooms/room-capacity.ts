import type { Json, JsonObject } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import { isDeparted, withoutDeparted } from "../../core/people/org-people.js";
import type { Finding } from "../../core/plan/change.js";
import { elements, setDifference } from "../attributes.js";
import { maxParticipants } from "../names.js";

/** The participants that a change adds and removes, and the order of both. */
export interface ParticipantChanges {
  readonly added: readonly Json[];
  /** Removed users that can be removed first: all but the token's user and owners whose ownership ends with the same change. */
  readonly atOnce: readonly Json[];
  /** Removed users whose ownership has to end first. */
  readonly handedOver: readonly Json[];
  /** Owners before and after the change. */
  readonly keptOwners: readonly Json[];
  /**
   * `any`: everyone fits. `remove-first`: participants are removed before others are added. `owners-first`: so are owners, whose
   * ownership has to end before.
   */
  readonly order: "any" | "remove-first" | "owners-first";
}

/**
 * Returns the participants that a change adds and removes. If the limit was not read, the order is the one that works in a full
 * room. The token's user is removed last and frees no space.
 */
export function participantChanges(change: ResourceChange): ParticipantChanges {
  const { added, removed } = setDifference(change, "/participants");
  const ownersBefore = elements(change.before, "/owners");
  const ownersChange = change.attributes.some(({ path }) => path === "/owners");
  const others = removed.filter((id) => id !== change.tokenUser);
  const handedOver = others.filter((id) => ownersChange && ownersBefore.includes(id));
  const atOnce = others.filter((id) => !handedOver.includes(id));
  const keptOwners = withoutDeparted(elements(change.after, "/owners"), change).filter((id) =>
    ownersBefore.includes(id),
  );
  const parts = { added, atOnce, handedOver, keptOwners };
  return { ...parts, order: orderIn(change.before, parts) };
}

function orderIn(
  before: JsonObject,
  { added, atOnce, handedOver, keptOwners }: Omit<ParticipantChanges, "order">,
): ParticipantChanges["order"] {
  const limit = participantLimit(before);
  const most = elements(before, "/participants").length + added.length;
  if (added.length === 0 || (limit !== undefined && most <= limit)) return "any";
  const isEnough = most - atOnce.length <= (limit ?? maxParticipants);
  return isEnough || handedOver.length === 0 || keptOwners.length === 0 ? "remove-first" : "owners-first";
}

/** Returns a room's limit; undefined if the room was not read. A room that shows no limit has the published one. */
function participantLimit({ participantLimit: limit, roomType }: JsonObject): number | undefined {
  if (typeof limit === "number") return limit;
  return roomType === undefined ? undefined : maxParticipants;
}

/**
 * Returns an error for a change that would exceed the room's limit. Undocumented: whether departed users count; if the others alone
 * fit, there is only a warning.
 */
export function capacityFindings(change: ResourceChange): readonly Finding[] {
  const { added, atOnce, handedOver, order } = participantChanges(change);
  if (added.length === 0) return [];
  const limit = participantLimit(change.before) ?? maxParticipants;
  const present = elements(change.before, "/participants");
  const removedFirst = order === "owners-first" ? [...atOnce, ...handedOver] : atOnce;
  const removed = removedFirst.length;
  const most = present.length - removed + added.length;
  const departed = present.filter((id) => isDeparted(id, change)).length;
  const departedRemoved = removedFirst.filter((id) => isDeparted(id, change)).length;
  if (most + departedRemoved <= limit) return [];
  const removals = removed === 0 ? "" : `, ${removed} would be removed first`;
  const onlyOwner =
    removed < atOnce.length + handedOver.length
      ? " The room's only owner cannot be removed before another participant owns it: make a present participant its owner."
      : "";
  const who = departed === 1 ? "is a departed user" : "are departed users";
  const ofThese =
    departed === 0 ? "" : ` ${departed} of those present ${who}, whom the service may keep and count.`;
  const text = `The room holds at most ${limit} participants. ${present.length} are present${removals} and ${added.length} would be added: ${most} in total.${onlyOwner}${ofThese}`;
  return [
    { code: "room-full", severity: most - (departed - departedRemoved) <= limit ? "warning" : "error", text },
  ];
}
