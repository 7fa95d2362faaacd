/** Tests `chatform repair --every`, its metrics and its notifications. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runBin } from "../helpers/bin.js";
import { runCli } from "../helpers/run.js";
import type { Watching } from "../helpers/watching.js";
import { receiver, startWatching, until } from "../helpers/watching.js";

const desired = `
version: 1
settings: { reactionsEnabled: true }
rooms:
  ops: { subject: Ops, participants: [jane.doe@example.com, { group: Agents }] }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  emulator.change({ change: "group", set: { name: "Agents", members: ["sam@example.com"] } });
  cwd = await mkdtemp(join(tmpdir(), "chatform-repair-watch-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
  const { code, stderr } = await runCli(["apply", "--auto-approve"], { cwd, env: emulator.env });
  expect(`${code}${stderr}`).toBe("0");
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const watching = (...args: readonly string[]): Promise<Watching> =>
  startWatching(["repair", "--auto-approve", ...args], { cwd, env: emulator.env });

function room() {
  return emulator.dump().rooms.find(({ subject }) => subject === "Ops");
}

const runs = (result: string): string => `chatform_repair_runs_total{result="${result}"}`;
const repaired = (name: string): string => `chatform_repair_resources_total{class="${name}"}`;

describe("repair --every", () => {
  it("repairs each round, counts what it did, notifies, and ends at a signal", async () => {
    const hook = await receiver();
    const watch = await watching("--notify", `webhook=${hook.url}`);
    await watch.reaches(runs("nothing"), "1");
    expect(await watch.sample(runs("repaired"))).toBe("0");

    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    emulator.change({ change: "members", of: "group", name: "Agents", add: ["kim@example.com"] });
    await until(() => (hook.bodies.length > 0 ? true : undefined));
    expect(emulator.dump().settings.reactionsEnabled).toBe(true);
    expect(room()?.participants).toHaveLength(3);
    expect(await watch.sample(runs("repaired"))).not.toBe("0");
    expect([await watch.sample(repaired("drift")), await watch.sample(repaired("membership"))]).toEqual([
      "1",
      "1",
    ]);
    expect(await watch.sample("chatform_repair_calls_total")).toBe("2");
    expect(await watch.sample("chatform_repair_left")).toBe("0");
    expect(await watch.sample("chatform_drift_in_sync")).toBe("1");

    // The group is empty from now on: nothing is removed, and a person is told.
    emulator.change({
      ...{ change: "members", of: "group", name: "Agents" },
      remove: ["sam@example.com", "kim@example.com"],
    });
    await watch.reaches("chatform_repair_left", "1");
    await watch.reaches("chatform_drift_in_sync", "0");
    await until(() => (hook.bodies.some(({ body }) => body["verdict"] === "drift") ? true : undefined));
    expect(await watch.get("/healthz")).toMatchObject({ status: 200 });
    expect(room()?.participants).toHaveLength(3);

    expect(await watch.end()).toBe(0);
    await hook.close();
    expect(hook.bodies[0]?.body["text"]).toMatch(/^Repaired: [12] resources?\.\nNo drift\./);
    expect(hook.bodies.at(-1)?.body).toMatchObject({ verdict: "drift", previous: "in-sync" });
    expect(watch.out.stdout).toMatch(/Z Nothing to repair\.\n/);
    expect(watch.out.stdout).toMatch(
      /Z Nothing to repair\. Left to you: 1\.\nLeft to you:\n {2}\? rooms\/ops: /,
    );
    expect(watch.out.stdout.match(/^Left to you:$/gm)).toHaveLength(1);
    expect(watch.out.stderr.split("\n")).toHaveLength(2);
  });

  it("counts a failed round, and repairs in the next", async () => {
    const watch = await watching();
    await watch.reaches(runs("nothing"), "1");
    emulator.addFaults({
      match: { operation: "patchChatsSettings" },
      times: 1,
      action: { type: "status", status: 400, code: "bad.request" },
    });
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    await watch.reaches(runs("failed"), "1");
    await watch.reaches(runs("repaired"), "1");
    expect(await watch.sample("chatform_drift_last_run_success")).toBe("1");
    expect(await watch.end()).toBe(0);
    expect(watch.out.stderr).toContain("repair-incomplete");
    expect(watch.out.stdout).toContain("Repair incomplete:");
    expect(watch.out.stdout).toContain("Repair complete: 1 updated. 1 call.");
  });

  it("ends with SIGTERM", async () => {
    emulator.clearRequests();
    const ended = runBin(["repair", "--auto-approve", "--every", "1h", "--listen", "0"], {
      cwd,
      env: emulator.env,
      onStart: (kill) => {
        void until(() => (emulator.requestCount > 0 ? true : undefined)).then(() => {
          kill("SIGTERM");
        });
      },
    });
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});
