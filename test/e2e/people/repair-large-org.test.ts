/**
 * The same as repair-nightly.test.ts, with 3,000 people and 200 rooms, by the real program: two nights of one variant; with FAULTS=all, three
 * weeks of each.
 */
import { describe, it } from "vitest";
import { runBin } from "../../helpers/bin.js";
import { monthVariants } from "./month-variants.js";
import { playRepairs } from "./nights.js";

// A count of managers without a factor in common with the others: their reports are in every team and group.
const size = { people: 3000, groups: 40, teams: 10, queues: 20, skillGroups: 8, managers: 59, rooms: 200 };

const isWhole = process.env["FAULTS"] === "all";
const [nights, count] = isWhole ? [21, 99] : [2, 1];

describe.each(Object.entries(monthVariants).slice(0, count))("%s", (_name, variants) => {
  it("keeps memberships as reviewed, and applies no edit", { timeout: 1_200_000 }, async () => {
    await playRepairs({ run: runBin, size, variants, nights, events: 4, seed: 2 });
  });
});
