/**
 * A company whose people join, move, leave and come back, in several variants of the service. After every day: `drift`, `repair`, and
 * `drift` again, while the config has edits that nobody applied.
 */
import { describe, it } from "vitest";
import { runCli } from "../../helpers/run.js";
import { monthVariants } from "./month-variants.js";
import { playRepairs } from "./nights.js";

const size = { people: 48, groups: 5, teams: 3, queues: 4, skillGroups: 2, managers: 3, rooms: 8 };

describe.each(Object.entries(monthVariants))("%s", (_name, variants) => {
  it("keeps memberships as reviewed, and applies no edit", { timeout: 120_000 }, async () => {
    await playRepairs({ run: runCli, size, variants, nights: 4, events: 2, seed: 21 });
  });
});
