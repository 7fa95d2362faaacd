/** Repair never applies what was not reviewed, and what it leaves is what drift shows, for any values of the four sides. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ComparedValues } from "../../src/core/drift/compare.js";
import { compareValues, withReviewed } from "../../src/core/drift/compare.js";
import { diffAttributes } from "../../src/core/diff/diff-attributes.js";
import { normalizeSets } from "../../src/core/diff/compare.js";
import type { JsonObject } from "../../src/core/json/json.js";
import { isArray } from "../../src/core/json/json.js";
import { valueAt } from "../../src/core/json/pointer.js";
import type { Kind } from "../../src/core/kind/kind.js";
import type { ResolvedResource } from "../../src/core/kind/resource.js";
import { room } from "../../src/resources/rooms/room.js";

const kind = room as unknown as Kind;
const ids = ["a", "b", "c", "d", "e", "me"];
const people = fc.subarray(ids);
const attributes = fc.record({
  subject: fc.constantFrom("A", "B", "C"),
  participants: people,
  owners: people,
});
const mode = fc.constantFrom("exact", "additive");

const world = fc
  .record({
    applied: attributes,
    reviewed: fc.record({ participants: people, owners: people }),
    desired: attributes,
    live: attributes,
    modes: fc.tuple(mode, mode),
    departed: people,
  })
  .map(({ applied, reviewed, desired, live, modes: [then, now], departed }): ComparedValues => {
    const toRoom = (values: JsonObject, participantsMode: string): ResolvedResource => ({
      ...{ address: "rooms/a", kind: "rooms/*", id: "jid", attributes: values, applied, pointer: "" },
      options: { participantsMode },
    });
    return {
      kind,
      recorded: toRoom(applied, then),
      reviewed: { ...applied, ...reviewed },
      desired: toRoom(desired, now),
      live: normalizeSets(live, kind.live.sets),
      people: {
        tokenUser: "me",
        departed: new Map(departed.map((id) => [id, { state: "inactive" as const }])),
      },
    };
  });

const list = (side: JsonObject, path: string): readonly unknown[] => {
  const value = valueAt(side, path);
  return isArray(value) ? value : [];
};

/** Returns what a plan makes of the live values. */
function planned({ desired, live, people: org }: ComparedValues): JsonObject {
  const goal = desired === undefined ? {} : kind.plan.goal(desired, live, org).attributes;
  return diffAttributes(live, normalizeSets(goal, kind.live.sets)).after;
}

test("repairs only what a plan changes too, element by element", () => {
  fc.assert(
    fc.property(world, (values) => {
      const { differences } = compareValues(values);
      const repaired = differences.filter(({ left }) => left === undefined);
      const target = withReviewed(values.live, repaired, kind.live.sets);
      const plan = planned(values);
      for (const path of ["/participants", "/owners"]) {
        const [before, after, wanted] = [list(values.live, path), list(target, path), list(plan, path)];
        for (const id of ids) {
          if (before.includes(id) === after.includes(id)) continue;
          expect(after.includes(id)).toBe(wanted.includes(id));
        }
      }
      const [before, after] = [valueAt(values.live, "/subject"), valueAt(target, "/subject")];
      if (before !== after) {
        expect(after).toBe(valueAt(values.recorded.attributes, "/subject"));
        expect(after).toBe(valueAt(plan, "/subject"));
      }
    }),
    { numRuns: 2000 },
  );
});

test("leaves nothing but what was left to a person", () => {
  fc.assert(
    fc.property(world, (values) => {
      const { differences } = compareValues(values);
      const repaired = differences.filter(({ left }) => left === undefined);
      const live = withReviewed(values.live, repaired, kind.live.sets);
      const rest = compareValues({ ...values, live }).differences;
      const left = differences.filter((one) => one.left !== undefined);
      expect(rest.map(({ path, element }) => [path, element])).toEqual(
        left.map(({ path, element }) => [path, element]),
      );
    }),
    { numRuns: 2000 },
  );
});
