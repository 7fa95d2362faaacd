/**
 * A company whose people join, move, leave and come back, in several variants of the service. Every night, the same config is applied:
 * memberships are as the sources say, and the next plan is empty.
 */
import { describe, it } from "vitest";
import { runCli } from "../../helpers/run.js";
import { monthVariants } from "./month-variants.js";
import { playApplies } from "./nights.js";

const size = { people: 48, groups: 5, teams: 3, queues: 4, skillGroups: 2, managers: 3, rooms: 8 };

describe.each(Object.entries(monthVariants))("%s", (_name, variants) => {
  it("keeps memberships as the sources say", { timeout: 120_000 }, async () => {
    await playApplies({ run: runCli, size, variants, nights: 3, events: 2, seed: 3 });
  });
});
