import { describe, expect, it } from "vitest";
import type { Observation } from "../../../../src/core/behavior/behavior.js";
import {
  getBehavior,
  getAbsencePatienceMs,
  getPatienceMs,
  newObservations,
  toBound,
  toReason,
  withObservations,
} from "../../../../src/core/behavior/behavior.js";
import { unknowns } from "../../../../src/core/behavior/unknowns.js";
import { operations } from "../../../../src/api/operations/operations.js";

const now = Date.parse("2026-07-01T08:00:00Z");
const dayMs = 24 * 60 * 60_000;
const daysAgo = (days: number): string => new Date(now - days * dayMs).toISOString();
const observed = (value: Observation["value"], days = 0): Observation => ({
  value,
  date: daysAgo(days),
  evidence: "seen",
});

describe("unknowns", () => {
  it.each(Object.entries(unknowns))("names operations for %s", (_key, { calls }) => {
    expect(calls.filter((name) => !Object.hasOwn(operations, name))).toEqual([]);
  });
});

describe("getBehavior", () => {
  it("returns an observation of the last 90 days", () => {
    expect(getBehavior({ creatorJoins: observed(false, 89) }, "creatorJoins", now)).toBe(false);
  });

  it.each([
    ["an older one", observed(true, 91)],
    ["one of a clock that was ahead", observed(true, -2)],
    ["one without a time", { ...observed(true), date: "soon" }],
    ["a value that the table does not list", observed("true")],
  ])("returns undefined for %s", (_what, observation) => {
    expect(getBehavior({ creatorJoins: observation }, "creatorJoins", now)).toBeUndefined();
  });

  it("returns undefined for what is unknown", () => {
    expect(getBehavior(undefined, "creatorJoins", now)).toBeUndefined();
    expect(getBehavior({}, "creatorJoins", now)).toBeUndefined();
  });
});

describe("newObservations", () => {
  it("keeps an equal observation, and renews it after a week", () => {
    const again = { reactionsPut: observed("add") };
    expect(newObservations({ reactionsPut: observed("add", 6) }, again, now)).toEqual({});
    expect(newObservations({ reactionsPut: observed("add", 8) }, again, now)).toEqual(again);
  });

  it("replaces a contradicted one", () => {
    const other = { reactionsPut: observed("replace") };
    expect(newObservations({ reactionsPut: observed("add") }, other, now)).toEqual(other);
  });

  it("replaces a refusal whose message is another one", () => {
    const refusal = { ...observed("409 request.conflict"), reason: "The room is full." };
    const known = { addPresentParticipant: { ...refusal, reason: "Already in." } };
    expect(newObservations(known, { addPresentParticipant: refusal }, now)).not.toEqual({});
  });

  it("keeps the longest time, as long as it is valid", () => {
    const shorter = { readLagMs: observed(100) };
    expect(newObservations({ readLagMs: observed(500, 89) }, shorter, now)).toEqual({});
    expect(newObservations({ readLagMs: observed(500, 91) }, shorter, now)).toEqual(shorter);
    expect(newObservations(shorter, { readLagMs: observed(500) }, now)).toEqual({ readLagMs: observed(500) });
  });
});

describe("withObservations", () => {
  it("adds, replaces and removes", () => {
    const before = { jidCase: observed("any"), texts: observed("keep") };
    const after = withObservations(before, {
      jidCase: null,
      texts: observed("trim"),
      replies: observed("x"),
    });
    expect(after).toEqual({ replies: observed("x"), texts: observed("trim") });
  });
});

it("records times as bounds that a second measurement meets again", () => {
  expect([0, 3, 100, 101, 700, 4_000, 240_000].map(toBound)).toEqual([
    100, 100, 100, 200, 1_000, 5_000, 300_000,
  ]);
});

it("waits ten times the measured lag, and at least 10 s, unless another time is wanted", () => {
  const patience = (wantedMs: number, ms: number, days = 0): number =>
    getPatienceMs(wantedMs, { readLagMs: observed(ms, days) }, "readLagMs", now);
  expect([patience(30_000, 100), patience(30_000, 5_000)]).toEqual([10_000, 50_000]);
  expect([patience(60_000, 100), patience(30_000, 100, 91)]).toEqual([60_000, 30_000]);
  expect(getPatienceMs(30_000, undefined, "readLagMs", now)).toBe(30_000);
});

it("lets a short patience count nothing as absent before twice the measured lag, or the default", () => {
  const patience = (wantedMs: number, ...ms: readonly number[]): number =>
    getAbsencePatienceMs(wantedMs, { readLagMs: observed(ms[0] ?? "?") }, "readLagMs", now);
  expect([patience(2_000, 5_000), patience(2_000, 100), patience(0, 100)]).toEqual([10_000, 2_000, 200]);
  expect([patience(0), patience(60_000), patience(60_000, 50_000)]).toEqual([30_000, 60_000, 100_000]);
  expect([patience(30_000), patience(30_000, 5_000)]).toEqual([30_000, 50_000]);
});

it("compares messages of refusals without their ids", () => {
  const id = "0c5d63a1-0000-4000-8000-000000000001";
  expect(toReason(`The user ${id} is in adhoc-${id}@conference.acme.orgspan.com.`)).toBe(
    "The user * is in *",
  );
});
