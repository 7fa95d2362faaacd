/*
 * A warning of Node's is a defect: a handle that nobody closed, too many listeners, something deprecated. Each fails the
 * run, wherever it comes from.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll } from "vitest";

// Vitest sets it for its own colors; Node warns of the two together.
delete process.env["FORCE_COLOR"];

process.on("warning", (warning) => {
  throw new Error(`Node warned: ${warning.stack ?? String(warning)}`);
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

// Handles that nobody closed are found when they are collected: here, and not by chance.
afterAll(async () => {
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
});
