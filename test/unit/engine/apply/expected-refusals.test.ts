import { expect, it } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import type { Call } from "../../../../src/core/calls/call.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { isExpectedRefusal, toObservation } from "../../../../src/engine/apply/expected-refusals.js";

const now = Date.parse("2026-07-01T08:00:00Z");

function refusal(operation: string, status: number, reason: string, body?: JsonObject) {
  const call: Call = {
    ...{ id: "c1", operation, params: {}, dependsOn: [], effects: [] },
    ...(body === undefined ? {} : { body }),
  };
  const code = status === 404 ? "not.found" : "request.conflict";
  const error = new ApiError({
    ...{ operation, status, code, reason },
    method: "POST",
    path: "/",
    outcome: "refused",
  });
  return { call, error };
}

const [join, leave] = ["postChatsRoomParticipant", "deleteChatsRoomParticipant"];
const pin = (reason: string, ...pinnedMessageIds: readonly string[]) =>
  refusal("postChatsRoomMessagesPins", 409, reason, { pinnedMessageIds });

it("expects a refusal of the same status, code and message", () => {
  const known = toObservation(refusal(join, 409, "Already in: 0c5d63a1-0000-4000-8000-000000000001"), now);
  const isExpected = (status: number, reason: string): boolean =>
    isExpectedRefusal(refusal(join, status, reason), known, now);
  expect(isExpected(409, "Already in: 7a4b2c0e-0000-4000-8000-000000000002")).toBe(true);
  expect([isExpected(409, "The room is full"), isExpected(404, "Already in: x")]).toEqual([false, false]);
  expect(isExpectedRefusal(refusal(join, 409, "Already in: *"), {}, now)).toBe(false);
});

it("expects a 404 to a removal, and never to an addition: the room or the user may not exist", () => {
  const [added, removed] = [refusal(join, 404, "Not found"), refusal(leave, 404, "Not found")];
  expect(isExpectedRefusal(removed, toObservation(removed, now), now)).toBe(true);
  expect(isExpectedRefusal(added, toObservation(added, now), now)).toBe(false);
});

it("expects no refusal of several pins, nor one in the words of a sixth pin", () => {
  const one = pin("Conflict", "m1");
  const known = toObservation(one, now);
  expect(isExpectedRefusal(one, known, now)).toBe(true);
  expect(isExpectedRefusal(pin("Conflict", "m1", "m2"), known, now)).toBe(false);
  expect(toObservation(pin("Conflict", "m1", "m2"), now)).toEqual({});
  const { addPresentPin: tooManyPins } = known;
  expect(isExpectedRefusal(one, { ...known, ...(tooManyPins && { tooManyPins }) }, now)).toBe(false);
});
