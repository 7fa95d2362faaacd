import type { Finding } from "../../core/plan/change.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import { elements, setDifference } from "../attributes.js";
import { maxParticipants } from "../names.js";

/** Who comes into a room and who leaves it, and what has to come first. */
export interface ParticipantChanges {
  readonly added: readonly Json[];
  /** Removed, and no owner whose ownership ends with the same change. */
  readonly atOnce: readonly Json[];
  /** Removed once they own the room no longer. */
  readonly handedOver: readonly Json[];
  /** Owners before and after the change. */
  readonly keptOwners: readonly Json[];
  /**
   * `any`: there is space for everybody. `out-first`: participants are removed before others are added. `owners-first`: so
   * are owners, whose ownership has to end before.
   */
  readonly order: "any" | "out-first" | "owners-first";
}

/**
 * Sorts out who comes and who leaves. A limit that was not read can be any: then the order is the one that works in a full
 * room too. The token's user is removed last and makes no space.
 */
export function participantChanges(change: ResourceChange): ParticipantChanges {
  const { added, removed } = setDifference(change, "/participants");
  const ownersBefore = elements(change.before, "/owners");
  const ownersChange = change.attributes.some(({ path }) => path === "/owners");
  const others = removed.filter((id) => id !== change.world.actor);
  const handedOver = others.filter((id) => ownersChange && ownersBefore.includes(id));
  const atOnce = others.filter((id) => !handedOver.includes(id));
  const keptOwners = elements(change.after, "/owners").filter((id) => ownersBefore.includes(id));
  return {
    added,
    atOnce,
    handedOver,
    keptOwners,
    order: orderOf(change, added, atOnce, handedOver, keptOwners),
  };
}

function orderOf(
  { before }: ResourceChange,
  added: readonly Json[],
  atOnce: readonly Json[],
  handedOver: readonly Json[],
  keptOwners: readonly Json[],
): ParticipantChanges["order"] {
  const limit = limitOf(before);
  const most = elements(before, "/participants").length + added.length;
  if (added.length === 0 || (limit !== undefined && most <= limit)) return "any";
  const isEnough = most - atOnce.length <= (limit ?? maxParticipants);
  return isEnough || handedOver.length === 0 || keptOwners.length === 0 ? "out-first" : "owners-first";
}

/** The most participants of a room; undefined: the room was not read. A room that names no limit has the published one. */
function limitOf({ participantLimit, roomType }: JsonObject): number | undefined {
  if (typeof participantLimit === "number") return participantLimit;
  return roomType === undefined ? undefined : maxParticipants;
}

/** Refuses a change that would put more people into a room than it holds. */
export function capacityFindings(change: ResourceChange): readonly Finding[] {
  const { added, atOnce, handedOver, order } = participantChanges(change);
  const limit = limitOf(change.before) ?? maxParticipants;
  const present = elements(change.before, "/participants").length;
  const leaving = order === "owners-first" ? atOnce.length + handedOver.length : atOnce.length;
  const most = present - leaving + added.length;
  if (added.length === 0 || most <= limit) return [];
  const removed = leaving === 0 ? "" : `, ${leaving} would be removed first`;
  const last =
    leaving < atOnce.length + handedOver.length
      ? " Its only owner can't be removed before another owner is in the room: make somebody its owner who is in it already."
      : "";
  const text = `The room holds at most ${limit} participants. ${present} are in it${removed} and ${added.length} would be added: that is ${most}.${last}`;
  return [{ code: "room-full", severity: "error", text }];
}
