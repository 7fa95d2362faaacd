/** The program is killed at each request of an apply that removes a departed user; the next apply converges. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FaultAction, Variants } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { Ended, OnStart } from "./kill.js";
import { killAt, run as runCommand } from "./kill.js";

const applyArgs = ["apply", "--auto-approve", "--parallelism", "1", "--patience", "300ms", "--timeout", "1s"];

/** Applies, kills the program while a request hangs, and applies again. @returns false if no request hung */
async function killed(nth: number, action: FaultAction, variants: Partial<Variants>): Promise<boolean> {
  const emulator = await startEmulator({ actingUser: "jane.doe@example.com", variants });
  const cwd = await mkdtemp(join(tmpdir(), "chatform-departed-"));
  const run = (args: readonly string[], onStart?: OnStart): Promise<Ended> =>
    runCommand(args, { cwd, env: emulator.env, ...(onStart === undefined ? {} : { onStart }) });
  const ok = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args);
    expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
  };
  const declare = (people: readonly string[]): Promise<void> => {
    const participants = ["jane.doe@example.com", ...people];
    const rooms = { desk: { subject: "Desk", owners: ["jane.doe@example.com"], participants } };
    return writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, rooms }));
  };
  try {
    await declare(["sam@example.com", "zoe@example.com"]);
    await ok(...applyArgs);
    for (const user of ["sam@example.com", "zoe@example.com"])
      emulator.change({ change: "user", user, set: { state: "deleted" } });
    await declare(["bo@example.com"]);
    if (!(await killAt(emulator, { nth, action }, (onStart) => run(applyArgs, onStart)))) return false;
    await ok(...applyArgs);
    await ok("plan", "--detailed-exitcode");
    const { resources } = JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as {
      readonly resources: Record<string, { readonly applied: { readonly participants: readonly string[] } }>;
    };
    const left = ["jane.doe@example.com", "bo@example.com"].map((email) => emulator.userId(email));
    expect([...(resources["rooms/desk"]?.applied.participants ?? [])].sort()).toEqual(left.sort());
    return true;
  } finally {
    await emulator.close();
    await rm(cwd, { recursive: true, force: true });
  }
}

const all = process.env["FAULTS"] === "all";

describe.each<readonly [string, Partial<Variants>]>([
  ["refused with 404", { removeDepartedParticipant: 404 }],
  ["accepted, and still in the roster", { removeDepartedParticipant: 204, departedInRoster: "kept" }],
])("the removal of departed users, %s", (_name, variants) => {
  it.each<readonly [string, FaultAction]>([
    ["before a request", { type: "hang" }],
    ["after a request", { type: "hang", applied: true }],
  ])("converges when the program is killed %s", { timeout: 600_000 }, async (_when, action) => {
    let nth = 1;
    while (await killed(nth, action, variants)) nth += all ? 1 : 3;
    expect(nth).toBeGreaterThan(8);
  });
});
