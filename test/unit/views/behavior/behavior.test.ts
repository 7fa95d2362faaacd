import { expect, it } from "vitest";
import { behaviorKeys } from "../../../../src/core/behavior/unknowns.js";
import { behaviorJson, behaviorLines } from "../../../../src/views/behavior/behavior.js";
import { plainLine } from "../../../../src/views/text/line.js";

const jid = "adhoc-00000000-0000-4000-8000-000000000001@conference.acme.orgspan.com";
const shown = {
  behavior: {
    addPresentPin: {
      value: "409 request.conflict",
      date: "2026-01-01T08:00:00Z",
      evidence: "postChatsRoomMessagesPins returned 409 \u001b[31mrequest.conflict",
      reason: "The message is already pinned: *",
    },
    readLagMs: { value: 2_000, date: "2026-06-30T08:00:00Z", evidence: "Read 4 showed a message." },
    keyOfANewerVersion: { value: 1, date: "2026-06-30T08:00:00Z", evidence: "" },
  },
  probeRooms: [{ user: "u1", at: "2026-06-30T08:00:00Z", jid }],
  now: Date.parse("2026-07-01T08:00:00Z"),
};

it("shows values with their meaning and evidence, the unknown ones, and the probe's room", () => {
  const text = behaviorLines(shown, 80).map(plainLine);
  expect(text.slice(0, 7)).toEqual([
    "readLagMs: within 2 s",
    "  The time within which a read shows a write.",
    "  2026-06-30: Read 4 showed a message.",
    "addPresentPin: 409 request.conflict",
    "  The response to POST of a pin that exists already.",
    "  2026-01-01: postChatsRoomMessagesPins returned 409 \\u{1b}[31mrequest.conflict",
    "  Too old to rely on.",
  ]);
  expect(text.join(" ")).toContain("Unknown: userTokenReads");
  expect(text.at(-1)).toBe(`Room of the probe: ${jid}`);
});

it("names the command if nothing is known", () => {
  const text = behaviorLines({ behavior: {}, probeRooms: [], now: 0 }, 80).map(plainLine).join("\n");
  expect(text).toContain("chatform doctor --probe");
});

it("gives JSON with the validity of each observation", () => {
  const json = behaviorJson(shown);
  expect(json["behavior"]).toMatchObject({
    addPresentPin: { value: "409 request.conflict", valid: false },
    readLagMs: { value: 2_000, valid: true, meaning: "The time within which a read shows a write" },
    keyOfANewerVersion: { value: 1 },
  });
  expect(json["unknown"]).toHaveLength(behaviorKeys.length - 2);
  expect(json["probeRooms"]).toEqual(shown.probeRooms);
});
