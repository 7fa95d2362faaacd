import { describe, expect, it } from "vitest";
import type { Difference } from "../../../../src/core/drift/compare.js";
import { compareValues, withReviewed } from "../../../../src/core/drift/compare.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { ResolvedResource } from "../../../../src/core/kind/resource.js";
import { room } from "../../../../src/resources/rooms/room.js";
import { userSettings } from "../../../../src/resources/settings/user-settings.js";
import { unknownPeople } from "../../../../src/core/people/org-people.js";
import type { Kind } from "../../../../src/core/kind/kind.js";

const kind = room as unknown as Kind;

interface Sides {
  readonly applied: JsonObject;
  readonly reviewed?: JsonObject;
  readonly desired?: JsonObject;
  readonly live: JsonObject;
  readonly recordedMode?: string;
  readonly mode?: string;
  readonly ignore?: readonly string[];
}

const toRoom = (attributes: JsonObject, mode: string | undefined): ResolvedResource => ({
  address: "rooms/a",
  kind: "rooms/*",
  id: "jid",
  attributes,
  ...(mode === undefined ? {} : { options: { participantsMode: mode } }),
  pointer: "",
});

/** Compares a room. Without `reviewed` or `desired`, they are what was applied. */
function compare(sides: Sides): readonly Difference[] {
  const { applied, reviewed = applied, desired = reviewed, live, ignore } = sides;
  return compareValues({
    kind,
    recorded: { ...toRoom(applied, sides.recordedMode), applied },
    reviewed,
    desired: {
      ...toRoom(desired, sides.mode ?? sides.recordedMode),
      applied,
      ...(ignore === undefined ? {} : { ignore }),
    },
    live,
    people: { tokenUser: "me", departed: new Map() },
  }).differences;
}

/** Returns `participants +ann membership`, with what is left to a person at the end. */
const inWords = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ path, element, extra, class: found, left }) =>
    [
      path,
      ...(element === undefined
        ? []
        : [`${extra ? "-" : "+"}${JSON.stringify(element).replaceAll('"', "")}`]),
      found,
      left,
    ]
      .filter((part) => part !== undefined)
      .join(" "),
  );

const people = (...ids: readonly string[]): JsonObject => ({ participants: ids });

describe("compareValues", () => {
  it("finds nothing where everything is as applied", () => {
    expect(compare({ applied: { subject: "A" }, live: { subject: "A", description: "x" } })).toEqual([]);
  });

  it.each<readonly [title: string, sides: Sides, found: readonly string[]]>([
    ["a value changed outside", { applied: { subject: "A" }, live: { subject: "B" } }, ["/subject drift"]],
    [
      "a value changed in the config only",
      { applied: { subject: "A" }, desired: { subject: "B" }, live: { subject: "A" } },
      [],
    ],
    [
      "a value that the config declares by now",
      { applied: { subject: "A" }, desired: { subject: "B" }, live: { subject: "B" } },
      [],
    ],
    [
      "a value that both sides changed",
      { applied: { subject: "A" }, desired: { subject: "B" }, live: { subject: "C" } },
      ["/subject drift conflict"],
    ],
    [
      "a value that is no longer declared",
      {
        applied: { subject: "A", description: "x" },
        desired: { subject: "A" },
        live: { subject: "A", description: "y" },
      },
      [],
    ],
    [
      "a value that the config ignores",
      { applied: { description: "x" }, live: { description: "y" }, ignore: ["description"] },
      [],
    ],
    ["somebody added outside", { applied: people("a"), live: people("a", "b") }, ["/participants -b drift"]],
    [
      "somebody removed outside",
      { applied: people("a", "b"), live: people("a") },
      ["/participants +b drift"],
    ],
    [
      "somebody who joined a source",
      { applied: people("a"), reviewed: people("a", "b"), live: people("a") },
      ["/participants +b membership"],
    ],
    [
      "somebody who left a source",
      { applied: people("a", "b"), reviewed: people("a"), live: people("a", "b") },
      ["/participants -b membership"],
    ],
    [
      "somebody who joined a source and was added by hand",
      { applied: people("a"), reviewed: people("a", "b"), live: people("a", "b") },
      [],
    ],
    [
      "one person of each class, and a pending one of each direction",
      {
        applied: people("a", "gone", "left", "cut"),
        reviewed: people("a", "gone", "cut", "joined"),
        desired: people("a", "gone", "joined", "new"),
        live: people("a", "left", "cut", "stranger"),
      },
      [
        "/participants +gone drift",
        "/participants +joined membership",
        "/participants -left membership",
        "/participants -stranger drift",
      ],
    ],
    [
      "somebody who left a source and whom the config declares by now",
      { applied: people("a", "b"), reviewed: people("a"), desired: people("a", "b"), live: people("a", "b") },
      [],
    ],
    ["the token's user, who is never removed", { applied: people("a"), live: people("a", "me") }, []],
    [
      "others in an additive room",
      { applied: people("a"), live: people("a", "b"), recordedMode: "additive" },
      [],
    ],
    [
      "others in a room that the config makes exact",
      { applied: people("a"), live: people("a", "b"), recordedMode: "additive", mode: "exact" },
      [],
    ],
    [
      "others in a room that the config makes additive",
      { applied: people("a"), live: people("a", "b"), recordedMode: "exact", mode: "additive" },
      [],
    ],
    [
      "a list with people that nobody knows yet",
      {
        applied: people("a", "b"),
        desired: { participants: ["a", { $ref: "user:unknown@example.com", field: "id" }] },
        live: people("c"),
      },
      ["/participants +a drift", "/participants +b drift unknown", "/participants -c drift unknown"],
    ],
  ])("tells %s", (_title, sides, found) => {
    expect(inWords(compare(sides))).toEqual(found);
  });

  it("leaves everything to a person where the desired values are unknown", () => {
    const recorded = { ...toRoom({ subject: "A", participants: ["a"] }, undefined), applied: {} };
    const { differences: found } = compareValues({
      ...{ kind, recorded, reviewed: recorded.attributes, desired: undefined, people: unknownPeople },
      live: { subject: "B", participants: ["b"] },
    });
    expect(inWords(found)).toEqual([
      "/participants +a drift unknown",
      "/participants -b drift unknown",
      "/subject drift unknown",
    ]);
  });

  it("compares nested settings one by one, and those of another entry as membership", () => {
    const of = (when: string): JsonObject => ({ mobile: { notifications: { when, muted: false } } });
    const resource = { address: "users/a/settings", kind: "users/*/settings", id: "a", pointer: "" };
    const { differences: found } = compareValues({
      kind: userSettings,
      recorded: { ...resource, attributes: of("Always") },
      reviewed: of("Never"),
      desired: { ...resource, attributes: of("Never") },
      live: of("Always"),
      people: unknownPeople,
    });
    expect(found).toEqual([
      { path: "/mobile/notifications/when", class: "membership", extra: false, reviewed: "Never" },
    ]);
  });
});

describe("withReviewed", () => {
  it("changes only what differs, and keeps lists sorted", () => {
    const sides: Sides = {
      applied: { subject: "A", ...people("a", "d") },
      reviewed: { subject: "A", ...people("a", "c", "d") },
      live: { subject: "B", description: "x", ...people("a", "z") },
    };
    const after = withReviewed(sides.live, compare(sides), kind.live.sets);
    expect(after).toEqual({ subject: "A", description: "x", participants: ["a", "c", "d"] });
  });
});
