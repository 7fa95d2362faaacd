/** Two applies of the same files, started at the same instant: one after the other, nothing lost, nothing doubled. */
import { expect, it } from "vitest";
import { World } from "./world.js";

const pairs = process.env["FAULTS"] === "all" ? 100 : 4;

it(`${pairs} pairs of applies at once`, { timeout: 3_600_000 }, async () => {
  for (let pair = 0; pair < pairs; pair++) {
    const world = await World.make();
    try {
      const results = await Promise.all([
        world.applyInProcess(() => undefined, "--lock-timeout", "60s"),
        world.applyInProcess(() => undefined, "--lock-timeout", "60s"),
      ]);
      // On a slow machine, the second tells that it waits.
      for (const { code, stderr } of results)
        expect(`${code}${stderr}`).toMatch(/^0(?:Waiting for the lock of the state at [^\n]*\n)*$/);
      // The second had nothing left to do.
      expect(results.filter(({ stdout }) => stdout.includes("No changes."))).toHaveLength(1);
      await world.recovers();
    } finally {
      await world.close();
    }
  }
});
