import type { ApiError } from "../../api/errors.js";
import type { Behavior, Observation } from "../../core/behavior/behavior.js";
import { getObservation, toReason } from "../../core/behavior/behavior.js";
import type { BehaviorKey } from "../../core/behavior/unknowns.js";
import type { Call } from "../../core/calls/call.js";
import { isArray } from "../../core/json/json.js";
import type { FailedCall } from "./change-run.js";

/** The behaviors that tell how the service refuses a call that has nothing to change. */
const keys: Readonly<Record<string, BehaviorKey>> = {
  postChatsRoomParticipant: "addPresentParticipant",
  deleteChatsRoomParticipant: "removeAbsentParticipant",
  postChatsRoomMessagesPins: "addPresentPin",
  deleteChatsRoomMessagesPin: "removeAbsentPin",
};

/**
 * Returns true if a refusal is the observed one of a call that has nothing to change: the same status, code and message. Then reading
 * back would show nothing new.
 *
 * A 404 to an addition proves nothing: the room, the user or the message may not exist. So does a refusal in the words of a sixth pin.
 *
 * @param now milliseconds since 1970
 */
export function isExpectedRefusal({ call, error }: FailedCall, behavior: Behavior, now: number): boolean {
  const key = keyFor(call);
  const observation = key === undefined ? undefined : getObservation(behavior, key, now);
  if (observation?.reason === undefined) return false;
  const isAddition = call.operation.startsWith("post");
  if (isAddition && error.failure.status === 404) return false;
  const limit = getObservation(behavior, "tooManyPins", now);
  return isEqual(observation, error) && !(isAddition && limit !== undefined && isEqual(limit, error));
}

/** Returns the observation that the refusal of a call which had nothing to change makes. @param now milliseconds since 1970 */
export function toObservation({ call, error }: FailedCall, now: number): Behavior {
  const key = keyFor(call);
  if (key === undefined) return {};
  const { operation, status = 0, code, reason } = error.failure;
  const value = `${status} ${code}`;
  const evidence = `Apply: ${operation} returned ${value}, and there was nothing to change.`;
  return { [key]: { value, date: new Date(now).toISOString(), evidence, reason: toReason(reason) } };
}

/** Of several pins in one call, a refusal may be about one only. */
function keyFor({ operation, body }: Call): BehaviorKey | undefined {
  const pins = body?.["pinnedMessageIds"];
  return isArray(pins) && pins.length !== 1 ? undefined : keys[operation];
}

function isEqual({ value, reason }: Observation, { failure }: ApiError): boolean {
  return value === `${failure.status ?? 0} ${failure.code}` && reason === toReason(failure.reason);
}
