/** Which live thing was made by which create: by all that was sent, never by likeness alone. */
import { expect, it } from "vitest";
import type { Intent } from "../../../../src/core/state/state.js";
import type { Search, CreateCandidate } from "../../../../src/engine/recover/match-creates.js";
import { matchCreates } from "../../../../src/engine/recover/match-creates.js";

function search(
  address: string,
  sightings: readonly CreateCandidate[],
  rest: Partial<Search & Intent> = {},
): Search {
  const { conclusive = true, body = { to: address }, at = "2026-07-01T08:00:00.000Z" } = rest;
  const intent: Intent = {
    ...{ address, kind: "rooms/*", operation: "postChatsRooms", body, at },
    ...{ record: { applied: {} }, effects: [] },
  };
  return { intent, sightings, conclusive };
}

const exact = (id: string, created = 0): CreateCandidate => ({
  id,
  created,
  exact: true,
  contradictions: [],
});
const partly = (id: string): CreateCandidate => ({ ...exact(id), exact: false });
const other = (id: string): CreateCandidate => ({
  ...partly(id),
  contradictions: ["its description differs"],
});
const verdicts = (...searches: readonly Search[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...matchCreates(searches)].map(([address, verdict]) => [
      address,
      verdict.type === "found" ? verdict.id : verdict.type,
    ]),
  );

it("matches each create with the object that shows all that it sent", () => {
  expect(
    verdicts(search("eu", [exact("R1"), other("R2")]), search("us", [other("R1"), exact("R2")])),
  ).toEqual({
    eu: "R1",
    us: "R2",
  });
});

it("never matches an object that another create made", () => {
  expect(verdicts(search("eu", [exact("R1")]), search("us", [other("R1")]))).toEqual({
    eu: "R1",
    us: "absent",
  });
  const unseen = search("us", [other("R1")], { conclusive: false });
  expect(verdicts(search("eu", [exact("R1")]), unseen)).toEqual({ eu: "R1", us: "uncertain" });
});

it("does not match an object partly when it matches another create fully", () => {
  expect(verdicts(search("all", [partly("R1")]), search("some", [exact("R1")]))).toEqual({
    all: "absent",
    some: "R1",
  });
});

it("prefers a full match to a partial match", () => {
  expect(verdicts(search("a", [partly("R1"), exact("R2")]))).toEqual({ a: "R2" });
});

it("stays uncertain when several objects match, or one object matches several creates", () => {
  expect(verdicts(search("a", [exact("R1"), exact("R2")]))).toEqual({ a: "uncertain" });
  expect(verdicts(search("a", [partly("R1")]), search("b", [partly("R1")]))).toEqual({
    a: "uncertain",
    b: "uncertain",
  });
});

it("stays uncertain when objects contradict, or nothing would show the create", () => {
  expect(matchCreates([search("a", [other("R1")])]).get("a")).toEqual({
    type: "uncertain",
    sightings: [other("R1")],
  });
  expect(verdicts(search("a", [], { conclusive: false }))).toEqual({ a: "uncertain" });
});

it("distributes objects among equal requests in order of time", () => {
  const body = { subject: "Lobby" };
  const first = { body, at: "2026-07-01T07:00:00.000Z" };
  const both = [exact("R2", 2), exact("R1", 1)];
  expect(verdicts(search("a", both, { body }), search("b", both, first))).toEqual({ b: "R1", a: "R2" });
  const one = [exact("R1", 1)];
  expect(verdicts(search("a", one, { body }), search("b", one, first))).toEqual({ b: "R1", a: "absent" });
});

it("distinguishes equal requests by objects that are too old or too new for one of them", () => {
  const body = { subject: "Lobby" };
  const first = { body, at: "2026-07-01T07:00:00.000Z" };
  const late = search("a", [exact("R1", 1)], { body });
  expect(verdicts(late, search("b", [other("R1")], first))).toEqual({ a: "R1", b: "absent" });
});
